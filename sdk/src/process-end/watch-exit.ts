import type { Pipeline } from "../pipeline.ts";
import type { OrderedListeners } from "./listener-order.ts";
import { realProcess } from "./real-process.ts";

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
  let ended = false;
  const end = (): void => {
    ended = true;
    pipeline.finishAtExit();
  };
  listeners.add("exit", end, "last");
  beforeReallyExit(() => {
    if (!ended) end();
  });
}

/**
 * Calls `finish` in the last step of `process.exit()`: the listeners of `exit` may have been removed a moment ago, or `emit`
 * replaced.
 */
function beforeReallyExit(finish: () => void): void {
  const ending = realProcess as NodeJS.Process & { reallyExit?: (code?: number) => never };
  const original = ending.reallyExit;
  if (typeof original !== "function") return;
  try {
    ending.reallyExit = (code) => {
      finish();
      return Reflect.apply(original, realProcess, [code]);
    };
  } catch {
    // A process that nobody may change.
  }
}
