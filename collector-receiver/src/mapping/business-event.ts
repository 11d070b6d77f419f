import type { ClockNote } from "./sender-clocks.ts";
import type { VersionNote } from "./service-versions.ts";
import type { NearMisses } from "./near-misses.ts";
import "../bytes/buffer-slices.ts";
import { dataAfterStart, eventIdAfterData, traceIdAfterData } from "./event-row-arena.ts";
import type { EventRowArena } from "./event-row-arena.ts";
import { derivedIds, type IdKind } from "./id-kind.ts";
import { notesOfInvalid, type InvalidNotes, type InvalidValue } from "./invalid-values.ts";
import { timeOfUuidV7, uuidText } from "../bytes/uuid.ts";

/**
 * What mapping makes of the wire: a business event that is ready to be stored and counted, or a
 * rejection.
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
  /** `service.name` of the product; a recount knows that of starts of sessions only. */
  readonly serviceName: string | null;
  /** True if the event came without an id, so that we derived one. */
  readonly hasDerivedId: boolean;
  /** Values that were left out; undefined for nearly all events. */
  readonly invalid?: InvalidNotes | undefined;
}

/**
 * A business event that can be stored: what counting reads, and its row, ready for COPY. What only the row
 * holds is read from it when it is asked for: few events are. Its fields are declared only, so none is private: a field that
 * stays in the class when types are stripped is set to undefined first in each object, by a call that is never compiled into
 * the caller.
 */
export class BusinessEvent implements CountableEvent {
  declare readonly tenantId: string;
  declare readonly name: string;
  declare readonly sessionId: string | null;
  declare readonly agentId: number | null;
  declare readonly ticketId: number | null;
  declare readonly occurredAtMs: number;
  declare readonly test: boolean;
  declare readonly attributes: CountedAttributes;
  declare readonly serviceName: string | null;
  declare readonly idKind: IdKind;
  /** The id that receivers before 0.3.0 derived for this event, if it is another; undefined for nearly all events. */
  declare earlierId?: string;
  declare invalid?: InvalidNotes;
  /** `rows[rowStart, rowEnd)` is its row, in the order of `eventRowColumns`; other events' rows lie beside it. */
  declare readonly rows: Buffer;
  declare readonly rowStart: number;
  declare readonly rowEnd: number;
  /** Where in `rows` its `event_data` ends. */
  declare readonly dataEnd: number;
  /** Null if it names none, or after `forgetSource`. */
  declare sourceId: string | null;
  declare readonly seq: number;

  /** @param reading what was read of it; its row is the last that the arena took */
  constructor(
    tenantId: string,
    name: string,
    occurredAtMs: number,
    serviceName: string | null,
    kind: IdKind,
    reading: ReadEvent,
  ) {
    const { arena } = reading;
    this.tenantId = tenantId;
    this.name = name;
    this.sessionId = reading.sessionId;
    this.agentId = reading.agentId;
    this.ticketId = reading.ticketId;
    this.occurredAtMs = occurredAtMs;
    this.test = reading.test;
    this.attributes = reading.attributes;
    this.serviceName = serviceName;
    this.idKind = kind;
    this.rows = arena.rows;
    this.rowStart = arena.rowStart;
    this.rowEnd = arena.rowEnd;
    this.dataEnd = arena.dataEnd;
    this.sourceId = reading.eventSeq > 0 ? reading.sourceId : null;
    this.seq = reading.eventSeq;
    if (reading.invalid.length > 0) this.invalid = notesOfInvalid(reading.invalid);
  }

  get hasDerivedId(): boolean {
    return (this.idKind & derivedIds) !== 0;
  }

  /** Where in `rows` its id lies, 16 bytes. */
  get eventIdAt(): number {
    return this.dataEnd + eventIdAfterData;
  }

  get eventId(): string {
    return uuidText(this.rows, this.eventIdAt);
  }

  /** The time that its id holds, in milliseconds since 1970; -1 for an id that is not of version 7. */
  get eventIdTimeMs(): number {
    return timeOfUuidV7(new DataView(this.rows.buffer, this.rows.byteOffset + this.eventIdAt, 16));
  }

  /** UTF-8 bytes of one JSON object: what the product passed. Valid `jsonb` (no NUL, no lone surrogate). */
  get eventData(): Uint8Array {
    return this.rows.subarray(this.rowStart + dataAfterStart, this.dataEnd);
  }

  /** 32 lower-case hex digits. */
  get traceId(): string | null {
    return textAt(this.rows, this.dataEnd + traceIdAfterData);
  }

  /** 16 lower-case hex digits: the parent's span id, else the carrier's own. */
  get spanId(): string | null {
    const traceIdAt = this.dataEnd + traceIdAfterData;
    return textAt(this.rows, traceIdAt + 4 + Math.max(0, this.rows.readInt32BE(traceIdAt)));
  }

  /** Takes the event out of the accounts of its source, if it was seen already. */
  forgetSource(): void {
    this.sourceId = null;
  }

  get source(): EventSource | null {
    const { sourceId, seq } = this;
    return sourceId === null ? null : { sourceId, seq };
  }

  /** Less than 0 if this event's id is the lesser one, 0 if both are the same. */
  compareIds(other: BusinessEvent): number {
    const own = this.eventIdAt;
    const others = other.eventIdAt;
    for (let i = 0; i < 16; i++) {
      const difference = this.rows[own + i]! - other.rows[others + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

/** A text column of ASCII, or null. Not a private method: those cost each object of the class a field of its own. */
function textAt(rows: Buffer, at: number): string | null {
  const length = rows.readInt32BE(at);
  return length < 0 ? null : rows.latin1Slice(at + 4, at + 4 + length);
}

/** What mapping has read of an event when its row is written. */
export interface ReadEvent {
  readonly agentId: number | null;
  readonly ticketId: number | null;
  readonly test: boolean;
  readonly attributes: CountedAttributes;
  readonly invalid: readonly InvalidValue[];
  readonly sessionId: string | null;
  readonly sourceId: string | null;
  /** 0: none. */
  readonly eventSeq: number;
  readonly arena: Pick<EventRowArena, "rows" | "rowStart" | "dataEnd" | "rowEnd">;
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
  /** Shortened to the column's width; null if there is none. */
  readonly eventName: string | null;
  /** When it occurred; null if it has no time, or one that cannot be. */
  readonly occurredAtMs: number | null;
  /** A complete OTLP request with this one event, so that it can be replayed. */
  readonly payload: Uint8Array;
  /** `application/x-protobuf` or `application/json`, for traces or logs: how to read `payload`. */
  readonly payloadType: string;
  readonly signal: "traces" | "logs";
  /** SHA-256 over signal, type and payload: a resent bad event is one row. */
  readonly contentHash: Uint8Array;
  readonly source: EventSource | null;
}

/** An event whose time has not come: counted when it has, if it can be counted then. */
export interface WaitingEvent extends RejectedEvent {
  readonly occurredAtMs: number;
  readonly serviceName: string | null;
}

/** The row in which an event was kept before it could count. */
export interface KeptKey {
  readonly as: "waiting" | "rejected";
  readonly tenantId: string;
  readonly contentHash: Uint8Array;
}

/** All that one OTLP request gives. */
export interface MappedRequest {
  readonly events: readonly BusinessEvent[];
  readonly rejected: readonly RejectedEvent[];
  /** Undefined for nearly all requests. */
  readonly waiting?: readonly WaitingEvent[] | undefined;
  /** It was kept until now, and is committed only if it is not forgotten by then. Undefined for nearly all requests. */
  readonly kept?: KeptKey | undefined;
  readonly sourceReports: readonly SourceReport[];
  /** Spans or log records that hold at least one rejected event: OTLP's `rejected_spans`. */
  readonly rejectedCarriers: number;
  /** Span events or log records that are not ours: counted, never stored. */
  readonly ignored: number;
  /** What it says of senders' clocks; undefined if they are right, as nearly all are. */
  readonly clocks?: readonly ClockNote[] | undefined;
  /** What it says of services' versions; undefined if nothing is new, as nearly always. */
  readonly versions?: readonly VersionNote[] | undefined;
  /** What was almost ours, and what its senders lost; undefined if there is nothing to say. */
  readonly nearMisses?: NearMisses | undefined;
}
