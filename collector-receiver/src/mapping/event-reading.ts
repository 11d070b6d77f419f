import "../bytes/buffer-slices.ts";
import type { CompiledCatalogue } from "./compile-catalogue.ts";
import { reserved, type AttributeKey, type MappingPlan } from "./event-plan.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { describeBytes } from "./describe-value.ts";
import { EventRowArena } from "./event-row-arena.ts";
import { writeInvalidValues, type InvalidValue } from "./invalid-values.ts";
import type { MappingLimits } from "./mapping-context.ts";
import { readUuid, timeOfUuidV7 } from "../bytes/uuid.ts";
import { StringCache } from "../bytes/string-cache.ts";

/** Longest `spanledger.source.id`, as its column. */
const maxSourceIdBytes = 64;

/**
 * What is known of one event while its attributes are read: its row in the arena, and what counters
 * need. Reused for every event.
 */
export class EventReading {
  readonly arena = new EventRowArena();
  readonly texts = new StringCache();
  catalogue!: CompiledCatalogue;
  limits!: MappingLimits;
  plan!: MappingPlan;
  /** An attribute that is not part of the data: the one that names a log record. */
  skippedKey: Buffer | null = null;

  problem: EventProblem | null = null;
  /** Values that were left out. */
  readonly invalid: InvalidValue[] = [];
  /** Not all attributes were read: whether the event is ours may stand among the others. */
  incomplete = false;
  /** Bits of required attributes that carry any value: signs that an unmarked event is ours. */
  touched = 0;
  /** Bits of required attributes that carry a value that is not empty. */
  satisfied = 0;
  /** The event carries `spanledger.event.id`. */
  marked = false;
  /** The mark's 16 bytes, if `hasEventId`. */
  readonly eventId = new DataView(new ArrayBuffer(16));
  /** False if the mark is absent or no UUID. */
  hasEventId = false;
  /** Milliseconds in a version 7 mark, else -1. */
  eventIdTimeMs = -1;
  invalidMark = "";
  sessionId: string | null = null;
  /** Where its UTF-8 stands; -1 if it is absent. */
  sessionIdView: DataView = new DataView(new ArrayBuffer(0));
  sessionIdAt = -1;
  sessionIdEnd = -1;
  agentId: number | null = null;
  ticketId: number | null = null;
  test = false;
  sourceId: string | null = null;
  eventSeq = 0;
  attributes: Record<string, string | number | boolean> = {};
  /** The session id's bytes if they do not stand in the body: one that was written with escapes. */
  #sessionIdBytes = new DataView(new ArrayBuffer(1024));

  configure(catalogue: CompiledCatalogue, limits: MappingLimits): void {
    this.catalogue = catalogue;
    this.limits = limits;
  }

  begin(plan: MappingPlan, skippedKey: Buffer | null): void {
    this.plan = plan;
    this.skippedKey = skippedKey;
    this.arena.begin(this.limits.eventDataBytes);
    this.problem = null;
    if (this.invalid.length > 0) this.invalid.length = 0;
    this.incomplete = false;
    this.touched = 0;
    this.satisfied = 0;
    this.marked = false;
    this.hasEventId = false;
    this.eventIdTimeMs = -1;
    this.sessionId = null;
    this.sessionIdAt = -1;
    this.agentId = null;
    this.ticketId = null;
    this.test = false;
    this.sourceId = null;
    this.eventSeq = 0;
    this.attributes = {};
  }

  /** Notes what is wrong; the first problem counts. */
  fail(problem: EventProblem): void {
    this.problem ??= problem;
  }

  /** Writes what was left out behind the attributes. @returns false if it does not fit */
  writeInvalid(): boolean {
    return this.invalid.length === 0 || this.arena.writeRaw(writeInvalidValues(this.invalid));
  }

  /** A session id of valid UTF-8; an empty one is none. */
  takeSessionId(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    this.sessionId = length === 0 ? null : bytes.utf8Slice(start, end);
    this.sessionIdAt = length === 0 ? -1 : 0;
    this.sessionIdEnd = length;
    if (length > this.#sessionIdBytes.byteLength) this.#sessionIdBytes = new DataView(new ArrayBuffer(length));
    this.sessionIdView = this.#sessionIdBytes;
    for (let i = 0; i < length; i++) this.sessionIdView.setUint8(i, bytes[start + i]!);
  }

  /** As `takeSessionId`, from the body itself. */
  takePlainSessionId(body: Buffer, view: DataView, start: number, end: number): void {
    const isThere = start < end;
    this.sessionId = isThere ? this.texts.find(body, view, start, end) : null;
    this.sessionIdView = view;
    this.sessionIdAt = isThere ? start : -1;
    this.sessionIdEnd = end;
  }

  /** A text under one of our own names, which are not part of the data. */
  readReservedText(key: AttributeKey, bytes: Buffer, start: number, end: number): void {
    if (key.reserved === reserved.eventId) {
      this.marked = true;
      const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
      this.hasEventId = end - start === 36 && readUuid(view, 0, this.eventId);
      if (!this.hasEventId) {
        this.eventIdTimeMs = -1;
        this.invalidMark = describeBytes(bytes, start, end);
        return;
      }
      this.eventIdTimeMs = timeOfUuidV7(this.eventId);
    } else if (key.reserved === reserved.sourceId) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.sourceId = this.#readSourceId(bytes, view, start, end);
    }
  }

  /** As `readReservedText`, from the body itself. */
  readReservedRange(key: AttributeKey, body: Buffer, view: DataView, start: number, end: number): void {
    if (key.reserved === reserved.eventId && end - start === 36 && readUuid(view, start, this.eventId)) {
      this.marked = true;
      this.hasEventId = true;
      this.eventIdTimeMs = timeOfUuidV7(this.eventId);
    } else if (key.reserved === reserved.sourceId) {
      this.sourceId = this.#readSourceId(body, view, start, end);
    } else {
      this.readReservedText(key, body, start, end);
    }
  }

  /** Any other value under one of our own names; -1 for what is not a number. */
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
  #readSourceId(bytes: Buffer, view: DataView, start: number, end: number): string | null {
    if (start === end || end - start > maxSourceIdBytes) return null;
    for (let i = start; i < end; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return null;
    return this.texts.find(bytes, view, start, end);
  }
}
