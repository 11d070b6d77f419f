import type { Pipeline } from "../pipeline.ts";
import type { OrderedListeners } from "./listener-order.ts";

/**
 * Natural end, `process.exit` and uncaught errors: what waits is sent before the process is gone, what the
 * product's own `exit` listeners record included.
 */
export function watchExit(pipeline: Pipeline, listeners: OrderedListeners): void {
  let flushed = false;
  const flush = (): void => {
    // Only once: a flush that fails would otherwise keep the process alive forever.
    if (flushed || pipeline.status().sending !== "in-process") return;
    flushed = true;
    void pipeline.shutdown(pipeline.exitWaitMs);
  };
  listeners.add("beforeExit", flush, "last");
  // A listener of the product that throws or exits keeps those behind it from being called.
  listeners.add("exit", () => pipeline.finishNow(), "first");
  listeners.add("exit", () => pipeline.finishAtExit(), "last");
}
