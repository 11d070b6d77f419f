import type { Pipeline } from "../pipeline.ts";
import { startTimer } from "../timers.ts";
import { realProcess } from "./real-process.ts";

/**
 * An uncaught error ends the process before a sender in the product's own thread can send. If nobody handles the
 * error, waits as long as an exit may, then throws it again: Node prints it and ends the process as it would have.
 * On Deno no `exit` event follows an uncaught error, whatever thread sends.
 */
export function watchThrow(pipeline: Pipeline): void {
  const isDeno = process.versions["deno"] !== undefined;
  const wasPrevented = isDeno ? watchPrevented() : () => false;
  let ending = false;
  // Emitted before the listeners are counted. It is not a handler itself: what the product handles stays handled.
  realProcess.on("uncaughtExceptionMonitor", (thrown) => {
    const { sending, pending } = pipeline.status();
    if (ending || pending === 0 || wasPrevented()) return;
    if (realProcess.listenerCount("uncaughtException") > 0 || realProcess.hasUncaughtExceptionCaptureCallback()) return;
    if (sending !== "in-process") {
      if (isDeno) pipeline.finishAtExit();
      return;
    }
    ending = true;
    // A further error meanwhile changes nothing: the process ends with the first one.
    const handle = (): void => undefined;
    realProcess.on("uncaughtException", handle);
    void pipeline.shutdown(pipeline.exitWaitMs).then(() => {
      realProcess.removeListener("uncaughtException", handle);
      startTimer(0, () => {
        throw thrown;
      })?.ref();
    });
  });
}

/** Deno's products may handle an error as those of a browser do; its monitor hears of it all the same, a moment later. */
function watchPrevented(): () => boolean {
  let last: Event | null = null;
  for (const type of ["error", "unhandledrejection"]) {
    (globalThis as unknown as EventTarget).addEventListener(type, (event) => {
      last = event;
    });
  }
  return () => last?.defaultPrevented === true;
}
