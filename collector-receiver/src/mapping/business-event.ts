/**
 * What mapping makes of the wire: a business event that is ready to be stored and counted, or a
 * rejection. Pure data; nothing here knows OTLP or PostgreSQL.
 */

/** Attributes that a counter or a session fact reads, as they came: never converted here. */
export type CountedAttributes = Readonly<Record<string, string | number | boolean>>;

/** The part of a business event that counting reads; a stored row gives the same shape back. */
export interface CountableEvent {
  readonly tenantId: string;
  /** Canonical lower-case UUID. */
  readonly eventId: string;
  readonly name: string;
  readonly sessionId: string | null;
  readonly agentId: number | null;
  readonly ticketId: number | null;
  /** Milliseconds since 1970-01-01 UTC, an integer. */
  readonly occurredAtMs: number;
  /** The event carries `test: true`: stored, never counted. */
  readonly test: boolean;
  readonly attributes: CountedAttributes;
}

/** One row of `analytics_events`, with what else the transaction needs of it. */
export interface BusinessEvent extends CountableEvent {
  /** UTF-8 bytes of one JSON object: what the product passed. Valid `jsonb` (no NUL, no lone surrogate). */
  readonly eventData: Uint8Array;
  /** 32 lower-case hex digits. */
  readonly traceId: string | null;
  /** 16 lower-case hex digits: the parent's span id, else the carrier's own. */
  readonly spanId: string | null;
  readonly serviceName: string | null;
  readonly source: EventSource | null;
}

/** `spanledger.source.id` and `spanledger.event.seq`: evidence for loss accounting. */
export interface EventSource {
  /** At most 64 characters. */
  readonly sourceId: string;
  /** From 1, without gaps. */
  readonly seq: number;
}

/** A carrier without an event: what a source says of itself every 30 s after activity and at shutdown. */
export interface SourceReport {
  readonly tenantId: string;
  readonly sourceId: string;
  readonly serviceName: string | null;
  readonly lastSeq: number;
  readonly dropped: number;
  readonly reportedAtMs: number;
}

/** An event that is ours but cannot be counted; one row of `analytics_rejected_events`. */
export interface RejectedEvent {
  readonly tenantId: string;
  /** See `rejection-codes.ts`. */
  readonly code: string;
  /** Names the attribute, the value (shortened) and what to do. */
  readonly reason: string;
  /** Shortened to the column's width; null where there is none. */
  readonly eventName: string | null;
  /** A complete OTLP request with this one event, so that it can be replayed. */
  readonly payload: Uint8Array;
  /** `application/x-protobuf` or `application/json`, for traces or logs: how to read `payload`. */
  readonly payloadType: string;
  readonly signal: "traces" | "logs";
  /** SHA-256 over signal, type and payload: a resent bad event is one row. */
  readonly contentHash: Uint8Array;
  readonly source: EventSource | null;
}

/** All that one OTLP request gives. */
export interface MappedRequest {
  readonly events: readonly BusinessEvent[];
  readonly rejected: readonly RejectedEvent[];
  readonly sourceReports: readonly SourceReport[];
  /** Spans or log records that hold at least one rejected event: OTLP's `rejected_spans`. */
  readonly rejectedCarriers: number;
  /** Span events or log records that are not ours: counted, never stored. */
  readonly ignored: number;
}
