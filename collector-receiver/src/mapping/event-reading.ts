import "../otlp/buffer-slices.ts";
import { reserved, type AttributeKey, type CompiledCatalogue, type EventPlan } from "./compile-catalogue.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { describeBytes } from "./describe-value.ts";
import { EventRowArena } from "./event-row-arena.ts";
import type { MappingLimits } from "./mapping-context.ts";
import {
  isCanonicalUuid,
  isUuid,
  readCanonicalUuid,
  readCanonicalV7Time,
  readUuidBytes,
  readUuidV7Time,
} from "./read-uuid.ts";
import { RequestTexts } from "./request-texts.ts";

/** Longest `spanledger.source.id`, as its column. */
const maxSourceIdBytes = 64;

/**
 * What is known of one event while its attributes are read: its row in the arena, and what counters
 * need. Reused for every event.
 */
export class EventReading {
  readonly arena = new EventRowArena();
  readonly texts = new RequestTexts();
  protected catalogue: CompiledCatalogue;
  limits: MappingLimits;
  plan: EventPlan;
  /** An attribute that is not part of the data: the one that names a log record. */
  skippedKey: Buffer | null = null;

  problem: EventProblem | null = null;
  /** Bits of required attributes that carry any value: signs that an unmarked event is ours. */
  touched = 0;
  /** Bits of required attributes that carry a value that is not empty. */
  satisfied = 0;
  /** The event carries `spanledger.event.id`. */
  marked = false;
  /** The mark's 16 bytes, where `hasEventId`. */
  readonly eventId = new DataView(new ArrayBuffer(16));
  /** False where the mark is absent or no UUID. */
  hasEventId = false;
  /** Milliseconds in a version 7 mark, else -1. */
  eventIdTimeMs = -1;
  invalidMark = "";
  /** Where the session id stands in `texts`; -1 where it is absent. */
  sessionIdAt = -1;
  sessionIdEnd = -1;
  /** The session id where it is not ASCII, else null. */
  sessionIdText: string | null = null;
  agentId: number | null = null;
  ticketId: number | null = null;
  test = false;
  sourceId: string | null = null;
  eventSeq = 0;
  attributes: Record<string, string | number | boolean> = {};
  private lastSourceId = "";

  constructor(catalogue: CompiledCatalogue, limits: MappingLimits) {
    this.catalogue = catalogue;
    this.limits = limits;
    this.plan = catalogue.customPlan;
  }

  configure(catalogue: CompiledCatalogue, limits: MappingLimits): void {
    this.catalogue = catalogue;
    this.limits = limits;
  }

  begin(plan: EventPlan, skippedKey: Buffer | null): void {
    this.plan = plan;
    this.skippedKey = skippedKey;
    this.arena.begin(this.limits.eventDataBytes);
    this.problem = null;
    this.touched = 0;
    this.satisfied = 0;
    this.marked = false;
    this.hasEventId = false;
    this.eventIdTimeMs = -1;
    this.sessionIdAt = -1;
    this.sessionIdText = null;
    this.agentId = null;
    this.ticketId = null;
    this.test = false;
    this.sourceId = null;
    this.eventSeq = 0;
    this.attributes = {};
  }

  /** A session id of valid UTF-8; an empty one is none. */
  takeSessionId(bytes: Buffer, start: number, end: number): void {
    this.sessionIdAt = start === end ? -1 : this.texts.add(bytes, start, end);
    this.sessionIdEnd = this.sessionIdAt + end - start;
    this.sessionIdText = isAscii(bytes, start, end) ? null : bytes.utf8Slice(start, end);
  }

  /** A text under one of our own names, which are not part of the data. */
  readReservedText(key: AttributeKey, bytes: Buffer, start: number, end: number): void {
    if (key.reserved === reserved.eventId) {
      this.marked = true;
      this.hasEventId = isUuid(bytes, start, end);
      if (!this.hasEventId) {
        this.eventIdTimeMs = -1;
        this.invalidMark = describeBytes(bytes, start, end);
        return;
      }
      readUuidBytes(bytes, start, this.eventId);
      this.eventIdTimeMs = readUuidV7Time(bytes, start);
    } else if (key.reserved === reserved.sourceId) {
      this.sourceId = this.readSourceId(bytes, start, end);
    }
  }

  /** As `readReservedText`, from the body itself: most marks are as the SDK writes them. */
  readReservedRange(key: AttributeKey, body: Buffer, view: DataView, start: number, end: number): void {
    if (key.reserved === reserved.eventId && end - start === 36 && isCanonicalUuid(view, start)) {
      this.marked = true;
      this.hasEventId = true;
      readCanonicalUuid(view, start, this.eventId);
      this.eventIdTimeMs = readCanonicalV7Time(view, start);
    } else {
      this.readReservedText(key, body, start, end);
    }
  }

  /** Any other value under one of our own names; -1 for what is no number. */
  readReservedNumber(key: AttributeKey, value: number): void {
    if (key.reserved === reserved.eventId) {
      this.marked = true;
      this.hasEventId = false;
      this.eventIdTimeMs = -1;
      this.invalidMark = "not a text";
    } else if (key.reserved === reserved.eventSeq) {
      this.eventSeq = Number.isSafeInteger(value) && value > 0 ? value : 0;
    }
  }

  /** Evidence, not identity: anything but printable ASCII of at most 64 characters is treated as absent. */
  private readSourceId(bytes: Buffer, start: number, end: number): string | null {
    // A request's events mostly come from one source.
    const last = this.lastSourceId;
    const length = end - start;
    if (length === last.length) {
      let i = 0;
      while (i < length && last.charCodeAt(i) === bytes[start + i]) i++;
      if (i === length) return length === 0 ? null : last;
    }
    if (length === 0 || length > maxSourceIdBytes) return null;
    for (let i = start; i < end; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return null;
    return (this.lastSourceId = bytes.latin1Slice(start, end));
  }
}

function isAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return false;
  return true;
}
