import type { AttributeVisitor } from "../otlp/otlp-carrier.ts";
import { maxAttributesBytes } from "../otlp/walk-pauses.ts";
import type { CompiledCatalogue } from "./compile-catalogue.ts";
import {
  capture,
  namesPerAttribute,
  reserved,
  type AttributeKey,
  type AttributeRule,
  type MappingPlan,
} from "./event-plan.ts";
import {
  attributeTooLarge,
  badText,
  eventTooLarge,
  malformedAttribute,
  malformedValue,
  nestedTooDeeply,
  notExact,
  notFinite,
  quoteKey,
  tooManyAttributes,
  wrongType,
  type EventProblem,
} from "./describe-event-problem.ts";
import { textState, type TextState } from "./event-data-arena.ts";
import { PlainReading } from "./plain-reading.ts";
import type { MappingLimits } from "./mapping-context.ts";
import { takeNumber, takeText } from "./take-value.ts";

const comma = 0x2c;
const colon = 0x3a;
const trueText = Buffer.from("true");
const falseText = Buffer.from("false");
const nullText = Buffer.from("null");

interface ValueStart {
  length: number;
  first: boolean;
  count: number;
  members: number;
  problem: EventProblem | null;
}

/**
 * Reads the attributes of one event one by one: writes `event_data`, captures what columns and
 * counters need, checks each value against the catalogue, and says what is wrong. Plain attributes
 * with nothing wrong take the short way, see `PlainReading`; both give the same.
 */
export class EventDataBuilder extends PlainReading implements AttributeVisitor {
  /** Where each top-level member begins in the arena; it ends where the next begins. */
  readonly members: number[] = [];
  /** Whether `members` is kept: only for events without a mark, whose id is derived. */
  keepMembers = false;

  /** Not all attributes were read: whether the event is ours may stand among the others. */
  incomplete = false;

  private currentKey: AttributeKey;
  private rule: AttributeRule | null = null;
  private count = 0;
  /** Attributes that were met, those included that are not part of the data. */
  private names = 0;
  private depth = 0;
  private first = false;
  private afterKey = false;
  /** By depth: what it was like before the present attribute, member or element. */
  private readonly starts: ValueStart[] = [];

  constructor(catalogue: CompiledCatalogue, limits: MappingLimits) {
    super(catalogue, limits);
    this.currentKey = catalogue.keys.find(Buffer.from("-"), 0, 1);
  }

  override begin(plan: MappingPlan, skippedKey: Buffer | null): void {
    super.begin(plan, skippedKey);
    this.count = 0;
    this.names = 0;
    this.depth = 0;
    this.afterKey = false;
    this.incomplete = false;
    if (this.members.length > 0) this.members.length = 0;
  }

  key(bytes: Buffer, start: number, end: number): void {
    if (this.depth > 0) {
      this.writeNestedKey(bytes, start, end);
      return;
    }
    this.noteStart();
    // Of a bad event only the names matter that make it ours.
    const { keys, knownKeys } = this.catalogue;
    const key = (this.problem === null ? keys : knownKeys).find(bytes, start, end);
    this.currentKey = key;
    this.rule = this.plan.rules[key.slot]!;
    const { attributesPerEvent } = this.limits;
    if (++this.names > attributesPerEvent * namesPerAttribute) {
      this.fail(tooManyAttributes(key, this.names, attributesPerEvent));
    }
  }

  private writeNestedKey(bytes: Buffer, start: number, end: number): void {
    this.noteStart();
    if (this.problem !== null || !this.separate()) return;
    this.afterKey = true;
    const state = this.arena.writeString(bytes, start, end);
    if (state === textState.tooLarge || (state <= textState.unicode && !this.arena.writeByte(colon))) this.failSize();
    else if (state > textState.unicode) this.fail(badText(state, "an attribute's name", bytes, start, end));
  }

  /** Remembers where an attribute, a member or an element begins, see `again`. */
  private noteStart(): void {
    const start = (this.starts[this.depth] ??= { length: 0, first: false, count: 0, members: 0, problem: null });
    start.length = this.arena.length;
    start.first = this.first;
    start.count = this.count;
    start.members = this.members.length;
    start.problem = this.problem;
  }

  again(): void {
    const { length, first, count, members, problem } = this.starts[this.depth]!;
    this.arena.length = length;
    this.first = first;
    this.afterKey = false;
    this.count = count;
    this.members.length = members;
    this.problem = problem;
  }

  string(bytes: Buffer, start: number, end: number): void {
    const key = this.currentKey;
    if (this.depth === 0 && key.reserved !== reserved.none) {
      this.readReservedText(key, bytes, start, end);
      return;
    }
    if (!this.openValue(-1, end > start)) return;
    const state = this.writeText(bytes, start, end);
    if (this.depth > 0 || state > textState.unicode) return;
    const problem = takeText(this, key, this.rule, bytes, start, end);
    if (problem !== null) this.fail(problem);
  }

  int(value: number): void {
    if (!this.openValue(value)) return;
    if (!this.arena.writeInt(value)) this.failSize();
    else if (this.depth === 0) this.take(value);
  }

  wideInt(high: number, low: number): void {
    if (!this.openValue(-1)) return;
    const exact = (BigInt(high) << 32n) | BigInt(low);
    const text = exact.toString();
    if (!this.arena.writeAscii(text)) {
      this.failSize();
      return;
    }
    if (this.depth > 0) return;
    const { currentKey: key, rule } = this;
    if (rule !== null) {
      const isNumber = rule.type === "int" || rule.type === "double";
      this.fail(isNumber ? notExact(key, text) : wrongType(key, rule, text));
    } else if (key.counted) {
      this.attributes[key.text] = Number(exact);
    }
  }

  double(value: number): void {
    if (!Number.isFinite(value)) {
      this.readNotFinite(value);
      return;
    }
    // -0 is 0 in jsonb; what counters read has to be what the stored row gives back.
    const number = value === 0 ? 0 : value;
    if (!this.openValue(number)) return;
    if (!this.arena.writeDouble(number)) {
      this.failSize();
      return;
    }
    if (this.depth > 0) return;
    const { currentKey: key, rule } = this;
    if (rule !== null && rule.type === "int" && !Number.isSafeInteger(number)) {
      const text = String(number);
      this.fail(Number.isInteger(number) ? notExact(key, text) : wrongType(key, rule, text));
      return;
    }
    this.take(number);
  }

  bool(value: boolean): void {
    if (!this.openValue(-1)) return;
    if (!this.arena.writeRaw(value ? trueText : falseText)) {
      this.failSize();
      return;
    }
    if (this.depth > 0) return;
    const { currentKey: key, rule } = this;
    if (rule !== null && rule.type !== "boolean") {
      this.fail(wrongType(key, rule, String(value)));
    } else if (rule !== null && rule.capture === capture.test) {
      this.test = value;
    } else if (key.counted) {
      this.attributes[key.text] = value;
    }
  }

  binary(bytes: Buffer, start: number, end: number): void {
    if (!this.openOther("bytes")) return;
    const { attributeBytes } = this.limits;
    if (end - start > attributeBytes) this.fail(attributeTooLarge(this.currentKey, end - start, attributeBytes));
    else if (!this.arena.writeBase64(bytes, start, end)) this.failSize();
    else if (this.depth === 0 && this.currentKey.counted) {
      this.attributes[this.currentKey.text] = bytes.toString("base64", start, end);
    }
  }

  nothing(): void {
    // At the top level null means absent; within an array or a map it holds its place.
    if (this.depth === 0) return;
    if (!this.afterKey) this.noteStart();
    if (this.problem !== null) return;
    if (this.separate() && !this.arena.writeRaw(nullText)) this.failSize();
  }

  malformedValue(expected: string, bytes: Buffer, start: number, end: number): void {
    if (this.openValue(-1)) this.fail(malformedValue(this.currentKey, expected, bytes, start, end));
  }

  malformedAttribute(expected: string, bytes: Buffer, start: number, end: number): void {
    this.fail(malformedAttribute(expected, bytes, start, end));
  }

  tooLarge(): void {
    if (this.depth === 0) this.touch(true);
    this.incomplete = true;
    this.failSize();
  }

  beginArray(): boolean {
    return this.beginNested("an array", 0x5b);
  }

  beginMap(): boolean {
    return this.beginNested("a map", 0x7b);
  }

  endArray(): void {
    this.endNested(0x5d);
  }

  endMap(): void {
    this.endNested(0x7d);
  }

  private beginNested(what: string, open: number): boolean {
    if (!this.openOther(what)) return false;
    if (this.depth >= this.limits.nesting) {
      this.fail(nestedTooDeeply(this.currentKey, this.limits.nesting));
      return false;
    }
    if (!this.arena.writeByte(open)) {
      this.failSize();
      return false;
    }
    this.depth++;
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
    if (!this.openValue(-1)) return false;
    if (this.depth > 0) return true;
    const { currentKey: key, rule } = this;
    if (rule !== null) {
      this.fail(wrongType(key, rule, what));
      return false;
    }
    // The last of equal names counts, as in jsonb.
    if (key.counted) delete this.attributes[key.text];
    return true;
  }

  /**
   * What comes before every value: a comma within an array or a map, the name of a member otherwise.
   * @param number what one of our own names takes from it
   * @param filled false for an empty text, which does not satisfy a required attribute
   * @returns false where the value is not written
   */
  private openValue(number: number, filled = true): boolean {
    if (this.depth > 0) {
      if (!this.afterKey) this.noteStart();
      return this.problem === null && this.separate();
    }
    const key = this.currentKey;
    if (key.reserved !== reserved.none) {
      this.readReservedNumber(key, number);
      return false;
    }
    this.touch(filled);
    return this.problem === null && this.openMember(key);
  }

  private touch(filled: boolean): void {
    if (this.rule === null) return;
    this.touched |= this.rule.requiredBit;
    if (filled) this.satisfied |= this.rule.requiredBit;
    else this.satisfied &= ~this.rule.requiredBit;
  }

  private openMember(key: AttributeKey): boolean {
    if (this.skippedKey !== null && this.skippedKey.equals(key.bytes)) return false;
    if (++this.count > this.limits.attributesPerEvent) {
      this.fail(tooManyAttributes(key, this.count, this.limits.attributesPerEvent));
      return false;
    }
    if (key.state > textState.unicode) {
      this.fail(badText(key.state, "an attribute's name", key.bytes, 0, key.bytes.length));
      return false;
    }
    if (this.keepMembers) this.members.push(this.arena.length);
    if (!this.arena.writeWords(key.jsonWords)) {
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
    const { attributeBytes } = this.limits;
    if (end - start > Math.max(maxAttributesBytes, attributeBytes)) {
      this.fail(attributeTooLarge(this.currentKey, end - start, attributeBytes));
      return textState.tooLarge;
    }
    const state = this.arena.writeString(bytes, start, end);
    if (state > textState.unicode && state !== textState.tooLarge) {
      this.fail(badText(state, quoteKey(this.currentKey), bytes, start, end));
      return state;
    }
    if (end - start > attributeBytes) {
      this.fail(attributeTooLarge(this.currentKey, end - start, attributeBytes));
      return textState.tooLarge;
    }
    if (state === textState.tooLarge) this.failSize();
    return state;
  }

  /** JSON cannot carry it: an error in what the catalogue defines, text as in OTLP/JSON elsewhere. */
  private readNotFinite(value: number): void {
    const text = Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
    const { currentKey: key, rule } = this;
    if (this.depth === 0 && rule !== null && key.reserved === reserved.none) {
      this.touch(true);
      const isNumber = rule.type === "int" || rule.type === "double";
      this.fail(isNumber ? notFinite(key, text) : wrongType(key, rule, text));
      return;
    }
    const bytes = Buffer.from(text);
    this.string(bytes, 0, bytes.length);
  }

  private take(value: number): void {
    const problem = takeNumber(this, this.currentKey, this.rule, value);
    if (problem !== null) this.fail(problem);
  }

  private fail(problem: EventProblem): void {
    this.problem ??= problem;
  }

  private failSize(): void {
    this.fail(eventTooLarge(this.currentKey, this.limits.eventDataBytes));
  }
}
