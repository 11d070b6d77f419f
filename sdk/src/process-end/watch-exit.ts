import type { Pipeline } from "../pipeline.ts";
import type { OrderedListeners } from "./listener-order.ts";

/**
 * Natural end, `process.exit` and uncaught errors: what waits is sent before the process is gone, what the
 * product's own `exit` listeners record included.
 */
export function watchExit(pipeline: Pipeline, listeners: OrderedListeners): void {
  let flushed = false;
  process.on("beforeExit", () => {
    // Only once: a flush that fails would otherwise keep the process alive forever.
    if (flushed || pipeline.status().sending !== "in-process") return;
    flushed = true;
    void pipeline.shutdown(pipeline.exitWaitMs);
  });
  listeners.add("exit", () => pipeline.finishAtExit(), "last");
}
