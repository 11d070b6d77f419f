import type { BusinessEventsOptions } from "./business-events-options.ts";
import { showNotice } from "./diagnose.ts";
import { watchHttpRequests } from "./http-events.ts";
import type { PipelineStatus } from "./pipeline.ts";
import { pipeline } from "./shared-pipeline.ts";
import { watchSignals } from "./watch-process-end.ts";

/** Options of `flush` and `shutdown`. */
export interface EndOptions {
  /** Longest wait, in ms. @default 10000 */
  readonly timeoutMs?: number;
}

/** The running pipeline; the same functions are exported on their own. */
export interface BusinessEvents {
  readonly flush: typeof flush;
  readonly shutdown: typeof shutdown;
  readonly status: typeof businessEventsStatus;
}

const defaultTimeoutMs = 10_000;
let watchesSignals = false;

/**
 * Starts sending business events; those recorded before are sent too. Call it once, as early as
 * convenient. A further call while it runs changes nothing and says so through `diag`.
 * @throws TypeError where the path of an `httpEvents` rule is not valid; nothing else throws
 */
export function startBusinessEvents(options: BusinessEventsOptions = {}): BusinessEvents {
  if (!pipeline.start(options)) {
    showNotice({
      level: "warn",
      key: "started-twice",
      message: "startBusinessEvents was called again while it runs; its options have no effect",
    });
    return handle;
  }
  if (pipeline.status().state === "disabled") return handle;
  if ((options.handleSignals ?? true) && !watchesSignals) {
    watchesSignals = true;
    watchSignals(pipeline);
  }
  watchHttpRequests(pipeline.recorder, options.httpEvents ?? []);
  return handle;
}

/**
 * Resolves true as soon as the receiver has answered for everything recorded until now, false when
 * `timeoutMs` is over (nothing is given up then). Never rejects. For serverless functions, before the
 * answer is returned.
 */
export function flush(options: EndOptions = {}): Promise<boolean> {
  return pipeline.flush(options.timeoutMs ?? defaultTimeoutMs);
}

/**
 * Sends what waits, reports the last sequence number and ends the sender. Not needed at the end of a
 * process, which does it by itself. An event recorded afterwards starts the sender again.
 */
export function shutdown(options: EndOptions = {}): Promise<boolean> {
  return pipeline.shutdown(options.timeoutMs ?? defaultTimeoutMs);
}

/** What the pipeline has done so far: recorded, sent, dropped, refused, pending. */
export function businessEventsStatus(): PipelineStatus {
  return pipeline.status();
}

const handle: BusinessEvents = { flush, shutdown, status: businessEventsStatus };
