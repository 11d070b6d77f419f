import type { Pipeline } from "../pipeline.ts";
import { startTimer } from "../timers.ts";

/**
 * An uncaught error ends the process before a sender in the product's own thread can send. Where nobody handles the
 * error, waits as long as an exit may, then throws it again: Node prints it and ends the process as it would have.
 */
export function watchThrow(pipeline: Pipeline): void {
  let ending = false;
  // Emitted before the listeners are counted. It is no handler itself: what the product handles stays handled.
  process.on("uncaughtExceptionMonitor", (thrown) => {
    if (ending || pipeline.status().sending !== "in-process" || pipeline.status().pending === 0) return;
    if (process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
    ending = true;
    // A further error meanwhile changes nothing: the process ends with the first one.
    const handle = (): void => undefined;
    process.on("uncaughtException", handle);
    void pipeline.shutdown(pipeline.exitWaitMs).then(() => {
      process.removeListener("uncaughtException", handle);
      startTimer(0, () => {
        throw thrown;
      })?.ref();
    });
  });
}
