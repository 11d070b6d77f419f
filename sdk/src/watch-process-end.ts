import type { Pipeline } from "./pipeline.ts";

/** Time that a natural end waits for in-process sending, and a signal for everything, in ms. */
const endWaitMs = 2000;

/** Natural end, `process.exit` and uncaught errors: what waits is sent before the process is gone. */
export function watchProcessEnd(pipeline: Pipeline): void {
  let flushed = false;
  process.on("beforeExit", () => {
    // Only once: a flush that fails would otherwise keep the process alive forever.
    if (flushed || pipeline.status().sending !== "in-process") return;
    flushed = true;
    void pipeline.shutdown(endWaitMs);
  });
  process.on("exit", () => pipeline.finishAtExit());
}

/**
 * SIGTERM and SIGINT end a process without `exit`. Sends what waits while the product goes on; the
 * signal is raised again only where the product does not listen to it itself.
 */
export function watchSignals(pipeline: Pipeline): void {
  const endOfProcess = async (): Promise<void> => {
    if (pipeline.status().sending === "in-process") await pipeline.shutdown(endWaitMs);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const listener = (): void => {
      void pipeline.flush(endWaitMs).then(() => {
        if (process.listenerCount(signal) > 1) return;
        void endOfProcess().then(() => {
          // What the product recorded meanwhile: from here on it records nothing.
          pipeline.finishAtExit();
          process.off(signal, listener);
          process.kill(process.pid, signal);
        });
      });
    };
    process.on(signal, listener);
  }
}
