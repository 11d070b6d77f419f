import { reserved, type AttributeKey, type CompiledCatalogue, type EventPlan } from "./compile-catalogue.ts";
import type { EventProblem } from "./describe-event-problem.ts";
import { describeBytes } from "./describe-value.ts";
import { EventDataArena } from "./event-data-arena.ts";
import type { MappingLimits } from "./mapping-context.ts";
import { checkUuid, isCanonicalUuid, readCanonicalV7Time, readUuidV7Time, uuidState } from "./read-uuid.ts";
import { RequestTexts } from "./request-texts.ts";

/** Longest `spanledger.source.id`, as its column. */
const maxSourceIdBytes = 64;

/**
 * What is known of one event while its attributes are read: its `event_data` in the arena, and what
 * columns and counters need. Reused for every event.
 */
export class EventReading {
  readonly arena = new EventDataArena();
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
  /** Where the mark, made canonical, stands in `texts`; -1 where it is absent or no UUID. */
  eventIdAt = -1;
  /** Milliseconds in a version 7 mark, else -1. */
  eventIdTimeMs = -1;
  invalidMark = "";
  /** Null where it is absent, and where it stands in `texts`. */
  sessionId: string | null = null;
  /** -1 where it is not in `texts`. */
  sessionIdAt = -1;
  sessionIdEnd = -1;
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
    this.eventIdAt = -1;
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

  /** A text under one of our own names, which are not part of the data. */
  readReservedText(key: AttributeKey, bytes: Buffer, start: number, end: number): void {
    if (key.reserved === reserved.eventId) {
      this.marked = true;
      const uuid = checkUuid(bytes, start, end);
      if (uuid === uuidState.invalid) {
        this.eventIdAt = -1;
        this.eventIdTimeMs = -1;
        this.invalidMark = describeBytes(bytes, start, end);
        return;
      }
      this.eventIdAt =
        uuid === uuidState.canonical ? this.texts.add(bytes, start, end) : this.texts.addLowerCase(bytes, start, end);
      this.eventIdTimeMs = readUuidV7Time(bytes, start);
    } else if (key.reserved === reserved.sourceId) {
      this.sourceId = this.readSourceId(bytes, start, end);
    }
  }

  /** As `readReservedText`, from the body itself: most marks are as the SDK writes them. */
  readReservedRange(key: AttributeKey, body: Buffer, view: DataView, start: number, end: number): void {
    if (key.reserved === reserved.eventId && end - start === 36 && isCanonicalUuid(view, start)) {
      this.marked = true;
      this.eventIdAt = this.texts.addWords(view, start, end);
      this.eventIdTimeMs = readCanonicalV7Time(view, start);
    } else {
      this.readReservedText(key, body, start, end);
    }
  }

  /** Any other value under one of our own names; -1 for what is no number. */
  readReservedNumber(key: AttributeKey, value: number): void {
    if (key.reserved === reserved.eventId) {
      this.marked = true;
      this.eventIdAt = -1;
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
