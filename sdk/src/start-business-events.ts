import type { WithRules } from "./business-events-options.ts";
import type { HttpEventRule } from "./http-rules.ts";
import { OptionReader } from "./config/option-reader.ts";
import { showNotice } from "./diagnose.ts";
import { describeThrown } from "./recording/encode-any-value.ts";
import type { PipelineStatus } from "./pipeline-status.ts";
import { pipeline } from "./shared-pipeline.ts";

/** Options of `flush` and `shutdown`. */
export interface EndOptions {
  /** Longest wait, in ms; 0 only looks, Infinity waits as long as it takes. @default 10000 */
  readonly timeoutMs?: number | undefined;
}

/** The running pipeline; the same functions are exported on their own. */
export interface BusinessEvents {
  readonly flush: typeof flush;
  readonly shutdown: typeof shutdown;
  readonly status: typeof businessEventsStatus;
}

const defaultTimeoutMs = 10_000;

/**
 * Starts sending business events; those recorded before are sent too. Call it once, as early as
 * convenient. What a further call says while it runs (behind `--import @spanledger/sdk/register`, for
 * example) is taken too; if the two disagree, the later call wins and the SDK says so. Never throws: an option
 * that cannot be used is named once and its default is taken.
 */
export function startBusinessEvents<const R extends readonly HttpEventRule[] = readonly HttpEventRule[]>(
  options?: WithRules<R>,
): BusinessEvents {
  startPipeline(options);
  return handle;
}

/** A product whose Node lacks something runs without business events, and hears why. */
export function startPipeline(options: unknown): void {
  try {
    pipeline.start(options);
  } catch (error) {
    const message = `business events cannot be sent, they are lost: ${describeThrown(error)}`;
    showNotice({ level: "error", key: message, message, loud: true });
  }
}

/**
 * Resolves true as soon as the receiver has answered for everything recorded until now, false when
 * `timeoutMs` is over (nothing is given up then). Never rejects. For serverless functions, before the
 * answer is returned.
 */
export function flush(options?: EndOptions): Promise<boolean> {
  return pipeline.flush(readTimeout(options, defaultTimeoutMs));
}

/**
 * Sends what waits, reports the last sequence number and ends the sender. Not needed at the end of a
 * process, which does it by itself. An event recorded afterwards starts the sender again.
 */
export function shutdown(options?: EndOptions): Promise<boolean> {
  return pipeline.shutdown(readTimeout(options, defaultTimeoutMs));
}

/** `timeoutMs` of options that anybody may have passed, in ms. */
export function readTimeout(options: unknown, fallbackMs: number): number {
  const warn = (message: string): void => showNotice({ level: "warn", key: `end:${message}`, message, loud: true });
  return new OptionReader(options, warn).milliseconds("timeoutMs", fallbackMs);
}

/** What the pipeline has done so far: recorded, sent, dropped, refused, pending. */
export function businessEventsStatus(): PipelineStatus {
  return pipeline.status();
}

const handle: BusinessEvents = { flush, shutdown, status: businessEventsStatus };
