import type { OtlpSignal } from "../otlp/otlp-carrier.ts";
import type { Submission } from "./submission.ts";

/** Why a request got its answer: a label for counters, closed. */
export const otlpOutcomes = [
  "accepted",
  "partly_rejected",
  "discarded",
  "malformed",
  "too_large",
  "unsupported_type",
  "unsupported_encoding",
  "compression_not_taken",
  "method_not_allowed",
  "unauthenticated",
  "host_not_served",
  "unknown_tenant",
  "unavailable",
  "unexpected_error",
  "aborted",
] as const;

export type OtlpOutcome = (typeof otlpOutcomes)[number];

/** One answered request, for counters and alarms. */
export interface AnsweredRequest {
  readonly signal: OtlpSignal | "metrics";
  readonly outcome: OtlpOutcome;
  /** 0 if the sender went away. */
  readonly status: number;
  readonly bodyBytes: number;
  readonly inflatedBytes: number;
  /** What was mapped and committed; null if the request was not read to its end. */
  readonly submitted: Submission | null;
}

/** What becomes an `AnsweredRequest`, while the request is served. */
export type RequestInProgress = { -readonly [K in keyof AnsweredRequest]: AnsweredRequest[K] };

export function beginRequest(signal: OtlpSignal | "metrics"): RequestInProgress {
  return {
    signal,
    outcome: "accepted",
    status: 0,
    bodyBytes: 0,
    inflatedBytes: 0,
    submitted: null,
  };
}
