import type { AttributeVisitor } from "../otlp/otlp-carrier.ts";
import {
  capture,
  reserved,
  type AttributeKey,
  type AttributeRule,
  type CompiledCatalogue,
  type EventPlan,
} from "./compile-catalogue.ts";
import { describeBytes } from "./describe-value.ts";
import { EventDataArena, textState, type TextState } from "./event-data-arena.ts";
import type { MappingLimits } from "./mapping-context.ts";
import { checkUuid, readUuidV7Time, uuidState } from "./read-uuid.ts";
import { RequestTexts } from "./request-texts.ts";
import type { RejectionCodeName } from "./rejection-codes.ts";

/** The first thing that is wrong with an event. */
export interface EventProblem {
  readonly code: RejectionCodeName;
  /** What is wrong with which value. */
  readonly text: string;
}

const comma = 0x2c;
const nan = "NaN";
/** Longest `spanledger.source.id`, as its column. */
const maxSourceIdBytes = 64;

/**
 * Reads the attributes of one event in one pass: writes `event_data`, captures what columns and
 * counters need, checks each value against the catalogue. Reused for every event.
 */
export class EventDataBuilder implements AttributeVisitor {
  readonly arena = new EventDataArena();
  readonly texts = new RequestTexts();
  private catalogue: CompiledCatalogue;
  private limits: MappingLimits;
  private plan: EventPlan;
  private skippedKey: Buffer | null = null;

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
  /** Where each top-level member begins in the arena; it ends where the next begins. */
  readonly members: number[] = [];
  /** Whether `members` is kept: only for events without a mark, whose id is derived. */
  keepMembers = false;
  invalidMark = "";

  private currentKey: AttributeKey;
  private rule: AttributeRule | null = null;
  private count = 0;
  private lastSourceId = "";
  private depth = 0;
  private readonly isMap: boolean[] = [];
  private first = false;
  private afterKey = false;

  constructor(catalogue: CompiledCatalogue, limits: MappingLimits) {
    this.catalogue = catalogue;
    this.limits = limits;
    this.plan = catalogue.customPlan;
    this.currentKey = catalogue.keys.find(Buffer.from("-"), 0, 1);
  }

  configure(catalogue: CompiledCatalogue, limits: MappingLimits): void {
    this.catalogue = catalogue;
    this.limits = limits;
  }

  /** @param skippedKey an attribute that is not part of the data: the one that names a log record */
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
    this.count = 0;
    this.depth = 0;
    this.afterKey = false;
    if (this.members.length > 0) this.members.length = 0;
  }

  key(bytes: Buffer, start: number, end: number): void {
    const key = this.catalogue.keys.find(bytes, start, end);
    if (this.depth > 0) {
      if (this.problem !== null) return;
      if (key.state > textState.unicode) this.failText(key.state, "an attribute's name", bytes, start, end);
      else if (!this.arena.writeRaw(key.json, this.first ? 1 : 0)) this.failSize();
      this.first = false;
      this.afterKey = true;
      return;
    }
    this.currentKey = key;
    this.rule = this.plan.rules[key.slot]!;
  }

  string(bytes: Buffer, start: number, end: number): void {
    if (this.depth > 0) {
      if (this.problem === null && this.separate()) this.writeText(bytes, start, end);
      return;
    }
    const key = this.currentKey;
    if (key.reserved !== reserved.none) {
      this.readReserved(key, bytes, start, end);
      return;
    }
    const rule = this.rule;
    if (rule !== null) {
      this.touched |= rule.requiredBit;
      if (end > start) this.satisfied |= rule.requiredBit;
      else this.satisfied &= ~rule.requiredBit;
    }
    if (this.problem !== null || !this.openMember(key)) return;
    const state = this.writeText(bytes, start, end);
    if (state > textState.unicode) return;
    if (rule !== null) {
      if (rule.type !== "string") {
        this.fail(
          "wrong_type",
          `${quoteKey(key)} is the text ${describeBytes(bytes, start, end)}, ${rule.type} is expected`,
        );
        return;
      }
      if (end - start > rule.maxLength && codePoints(bytes, start, end) > rule.maxLength) {
        this.fail(
          "value_too_long",
          `${quoteKey(key)} is ${describeBytes(bytes, start, end)}, at most ${rule.maxLength} characters are allowed`,
        );
        return;
      }
      if (rule.capture === capture.sessionId) {
        this.sessionId = null;
        this.sessionIdAt = -1;
        if (end === start) return;
        if (state === textState.ascii) {
          this.sessionIdAt = this.texts.add(bytes, start, end);
          this.sessionIdEnd = this.sessionIdAt + end - start;
        } else {
          this.sessionId = bytes.utf8Slice(start, end);
        }
        return;
      }
    }
    if (key.counted) {
      if (state === textState.ascii) this.texts.assign(this.attributes, key.text, bytes, start, end);
      else this.attributes[key.text] = bytes.utf8Slice(start, end);
    }
  }

  int(value: number): void {
    if (this.depth > 0) {
      if (this.problem === null && this.separate() && !this.arena.writeInt(value)) this.failSize();
      return;
    }
    const key = this.currentKey;
    if (key.reserved !== reserved.none) {
      this.readReservedInt(key, value);
      return;
    }
    const rule = this.rule;
    if (rule !== null) {
      this.touched |= rule.requiredBit;
      this.satisfied |= rule.requiredBit;
    }
    if (this.problem !== null || !this.openMember(key)) return;
    if (!this.arena.writeInt(value)) {
      this.failSize();
      return;
    }
    this.captureNumber(key, rule, value);
  }

  wideInt(high: number, low: number): void {
    const exact = (BigInt(high) << 32n) | BigInt(low);
    const text = exact.toString();
    if (this.depth > 0) {
      if (this.problem === null && this.separate() && !this.arena.writeAscii(text)) this.failSize();
      return;
    }
    const key = this.currentKey;
    if (key.reserved !== reserved.none) {
      this.readReservedInt(key, -1);
      return;
    }
    const rule = this.rule;
    if (rule !== null) {
      this.touched |= rule.requiredBit;
      this.satisfied |= rule.requiredBit;
    }
    if (this.problem !== null || !this.openMember(key)) return;
    if (!this.arena.writeAscii(text)) {
      this.failSize();
      return;
    }
    if (rule !== null) {
      if (rule.type === "int" || rule.type === "double") {
        this.fail("out_of_range", `${quoteKey(key)} is ${text}, beyond 2^53 a number is not exact`);
      } else {
        this.failType(key, rule, text);
      }
      return;
    }
    if (key.counted) this.attributes[key.text] = Number(exact);
  }

  double(value: number): void {
    if (!Number.isFinite(value)) {
      this.notFinite(value);
      return;
    }
    // -0 is 0 in jsonb; what counters read has to be what the stored row gives back.
    const number = value === 0 ? 0 : value;
    if (this.depth > 0) {
      if (this.problem === null && this.separate() && !this.arena.writeDouble(number)) this.failSize();
      return;
    }
    const key = this.currentKey;
    if (key.reserved !== reserved.none) {
      this.readReservedInt(key, number);
      return;
    }
    const rule = this.rule;
    if (rule !== null) {
      this.touched |= rule.requiredBit;
      this.satisfied |= rule.requiredBit;
    }
    if (this.problem !== null || !this.openMember(key)) return;
    if (!this.arena.writeDouble(number)) {
      this.failSize();
      return;
    }
    if (rule !== null && rule.type === "int") {
      if (!Number.isInteger(number)) {
        this.failType(key, rule, String(number));
        return;
      }
      if (!Number.isSafeInteger(number)) {
        this.fail("out_of_range", `${quoteKey(key)} is ${number}, beyond 2^53 a number is not exact`);
        return;
      }
    }
    this.captureNumber(key, rule, number);
  }

  bool(value: boolean): void {
    if (this.depth > 0) {
      if (this.problem === null && this.separate() && !this.arena.writeRaw(value ? trueText : falseText))
        this.failSize();
      return;
    }
    const key = this.currentKey;
    if (key.reserved !== reserved.none) {
      this.readReservedInt(key, -1);
      return;
    }
    const rule = this.rule;
    if (rule !== null) {
      this.touched |= rule.requiredBit;
      this.satisfied |= rule.requiredBit;
    }
    if (this.problem !== null || !this.openMember(key)) return;
    if (!this.arena.writeRaw(value ? trueText : falseText)) {
      this.failSize();
      return;
    }
    if (rule !== null) {
      if (rule.type !== "boolean") {
        this.failType(key, rule, String(value));
        return;
      }
      if (rule.capture === capture.test) {
        this.test = value;
        return;
      }
    }
    if (key.counted) this.attributes[key.text] = value;
  }

  binary(bytes: Buffer, start: number, end: number): void {
    if (!this.openOther("bytes")) return;
    if (end - start > this.limits.attributeBytes) this.failAttributeSize(end - start);
    else if (!this.arena.writeBase64(bytes, start, end)) this.failSize();
    else if (this.depth === 0 && this.currentKey.counted) {
      this.attributes[this.currentKey.text] = bytes.toString("base64", start, end);
    }
  }

  nothing(): void {
    // At the top level null means absent; within an array or a map it holds its place.
    if (this.depth === 0 || this.problem !== null) return;
    if (this.separate() && !this.arena.writeRaw(nullText)) this.failSize();
  }

  beginArray(): boolean {
    return this.beginNested("an array", 0x5b, false);
  }

  beginMap(): boolean {
    return this.beginNested("a map", 0x7b, true);
  }

  endArray(): void {
    this.endNested(0x5d);
  }

  endMap(): void {
    this.endNested(0x7d);
  }

  private beginNested(what: string, open: number, map: boolean): boolean {
    if (!this.openOther(what)) return false;
    if (this.depth >= this.limits.nesting) {
      this.fail(
        "nested_too_deeply",
        `${quoteKey(this.currentKey)} holds values in more than ${this.limits.nesting} levels`,
      );
      return false;
    }
    if (!this.arena.writeByte(open)) {
      this.failSize();
      return false;
    }
    this.isMap[this.depth++] = map;
    this.first = true;
    this.afterKey = false;
    return true;
  }

  private endNested(close: number): void {
    this.depth--;
    this.first = false;
    this.afterKey = false;
    if (this.problem === null && !this.arena.writeByte(close)) this.failSize();
  }

  /** For values that no rule takes and no counter reads. */
  private openOther(what: string): boolean {
    if (this.depth > 0) return this.problem === null && this.separate();
    const key = this.currentKey;
    if (key.reserved !== reserved.none) {
      this.readReservedInt(key, -1);
      return false;
    }
    const rule = this.rule;
    if (rule !== null) {
      this.touched |= rule.requiredBit;
      this.satisfied |= rule.requiredBit;
    }
    if (this.problem !== null || !this.openMember(key)) return false;
    if (rule !== null) {
      this.failType(key, rule, what);
      return false;
    }
    // The last of equal names counts, as in jsonb.
    if (key.counted) delete this.attributes[key.text];
    return true;
  }

  private openMember(key: AttributeKey): boolean {
    if (this.skippedKey !== null && this.skippedKey.equals(key.bytes)) return false;
    if (++this.count > this.limits.attributesPerEvent) {
      this.fail(
        "too_many_attributes",
        `${quoteKey(key)} is attribute number ${this.count}, at most ${this.limits.attributesPerEvent} are allowed`,
      );
      return false;
    }
    if (key.state > textState.unicode) {
      this.failText(key.state, "an attribute's name", key.bytes, 0, key.bytes.length);
      return false;
    }
    if (this.keepMembers) this.members.push(this.arena.length);
    if (!this.arena.writeRaw(key.json)) {
      this.failSize();
      return false;
    }
    return true;
  }

  /** A comma before all but the first value of an array; false after a failure. */
  private separate(): boolean {
    if (this.afterKey) {
      this.afterKey = false;
      return true;
    }
    if (this.first) {
      this.first = false;
      return true;
    }
    if (this.arena.writeByte(comma)) return true;
    this.failSize();
    return false;
  }

  private writeText(bytes: Buffer, start: number, end: number): TextState {
    const large = end - start > this.limits.attributeBytes;
    const state = this.arena.writeString(bytes, start, end);
    if (state > textState.unicode && state !== textState.tooLarge) {
      this.failText(state, quoteKey(this.currentKey), bytes, start, end);
      return state;
    }
    if (large) {
      this.failAttributeSize(end - start);
      return textState.tooLarge;
    }
    if (state === textState.tooLarge) this.failSize();
    return state;
  }

  private captureNumber(key: AttributeKey, rule: AttributeRule | null, value: number): void {
    if (rule !== null) {
      if (rule.type !== "int" && rule.type !== "double") {
        this.failType(key, rule, String(value));
        return;
      }
      if (value < rule.minimum || value > rule.maximum) {
        const bound = value < rule.minimum ? `at least ${rule.minimum}` : `at most ${rule.maximum}`;
        this.fail("out_of_range", `${quoteKey(key)} is ${value}, ${bound} is allowed`);
        return;
      }
      if (rule.capture === capture.agentId) {
        this.agentId = value;
        return;
      }
      if (rule.capture === capture.ticketId) {
        this.ticketId = value;
        return;
      }
    }
    if (key.counted) this.attributes[key.text] = value;
  }

  /** JSON cannot carry it: an error in what the catalogue defines, text as in OTLP/JSON elsewhere. */
  private notFinite(value: number): void {
    const text = Number.isNaN(value) ? nan : value > 0 ? "Infinity" : "-Infinity";
    if (this.depth === 0 && this.rule !== null && this.currentKey.reserved === reserved.none) {
      this.touched |= this.rule.requiredBit;
      this.satisfied |= this.rule.requiredBit;
      if (this.problem === null) {
        if (this.rule.type === "int" || this.rule.type === "double") {
          this.fail("not_finite", `${quoteKey(this.currentKey)} is ${text}`);
        } else {
          this.failType(this.currentKey, this.rule, text);
        }
      }
      return;
    }
    const bytes = Buffer.from(text);
    this.string(bytes, 0, bytes.length);
  }

  private readReserved(key: AttributeKey, bytes: Buffer, start: number, end: number): void {
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

  private readReservedInt(key: AttributeKey, value: number): void {
    if (key.reserved === reserved.eventId) {
      this.marked = true;
      this.eventIdAt = -1;
      this.eventIdTimeMs = -1;
      this.invalidMark = "not a text";
    } else if (key.reserved === reserved.eventSeq) {
      this.eventSeq = Number.isSafeInteger(value) && value > 0 ? value : 0;
    }
  }

  private fail(code: RejectionCodeName, text: string): void {
    if (this.problem === null) this.problem = { code, text };
  }

  private failType(key: AttributeKey, rule: AttributeRule, value: string): void {
    this.fail("wrong_type", `${quoteKey(key)} is ${value}, ${rule.type} is expected`);
  }

  private failSize(): void {
    this.fail(
      "event_data_too_large",
      `At ${quoteKey(this.currentKey)} the event exceeds ${this.limits.eventDataBytes} bytes`,
    );
  }

  private failAttributeSize(bytes: number): void {
    this.fail(
      "attribute_too_large",
      `${quoteKey(this.currentKey)} has ${bytes} bytes, at most ${this.limits.attributeBytes} are allowed`,
    );
  }

  private failText(state: TextState, what: string, bytes: Buffer, start: number, end: number): void {
    const nul = state === textState.nul;
    this.fail(
      nul ? "nul_character" : "invalid_unicode",
      `${what} ${nul ? "contains U+0000" : "is not valid UTF-8"}: ${describeBytes(bytes, start, end)}`,
    );
  }
}

const trueText = Buffer.from("true");
const falseText = Buffer.from("false");
const nullText = Buffer.from("null");

function quoteKey(key: AttributeKey): string {
  return `\`${describeBytes(key.bytes, 0, key.bytes.length).slice(1, -1)}\``;
}

/** Characters of valid UTF-8: all bytes but continuations. */
function codePoints(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if ((bytes[i]! & 0xc0) !== 0x80) count++;
  return count;
}
