import type { MappedRequest } from "../mapping/business-event.ts";
import type { OtlpSignal } from "../otlp/otlp-carrier.ts";

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
  /** 0 where the sender went away. */
  readonly status: number;
  readonly bodyBytes: number;
  readonly inflatedBytes: number;
  /** What mapping gave; null where it was not reached. */
  readonly mapped: MappedRequest | null;
  /** Rows added and events that were there already; 0 where nothing was committed. */
  readonly inserted: number;
  readonly duplicates: number;
  /** Events that PostgreSQL itself refused. */
  readonly refused: number;
  /** Rejected events that were counted without being kept. */
  readonly unkept: number;
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
    mapped: null,
    inserted: 0,
    duplicates: 0,
    refused: 0,
    unkept: 0,
  };
}
