import type { AttributeVisitor } from "../otlp/otlp-carrier.ts";
import { maxAttributesBytes } from "../otlp/walk-pauses.ts";
import { namesPerAttribute, reserved, type AttributeKey } from "./event-plan.ts";
import {
  attributeTooLarge,
  badText,
  eventTooLarge,
  malformedAttribute,
  malformedValue,
  nestedTooDeeply,
  notFinite,
  quoteKey,
  tooManyAttributes,
  wrongType,
  type EventProblem,
} from "./describe-event-problem.ts";
import { textState, type EventDataArena, type TextState } from "./event-data-arena.ts";
import type { EventReading } from "./event-reading.ts";
import { JsonPlace } from "./json-place.ts";
import { PresentAttribute } from "./present-attribute.ts";
import { takeBool, takeNumber, takeText, takeWideInt } from "./take-value.ts";

const nullText = Buffer.from("null");

/**
 * Reads the attributes of one event one by one: writes `event_data`, captures what columns and
 * counters need, checks each value against the catalogue, and says what is wrong. Plain attributes
 * with nothing wrong take the short way, see `PlainReading`; both give the same.
 */
export class EventDataBuilder implements AttributeVisitor {
  readonly #reading: EventReading;
  readonly #arena: EventDataArena;
  readonly #place: JsonPlace;
  readonly #present: PresentAttribute;

  constructor(reading: EventReading) {
    this.#reading = reading;
    this.#arena = reading.arena;
    this.#place = new JsonPlace(reading.arena);
    this.#present = new PresentAttribute(reading, this.#place);
  }

  /**
   * After `EventReading.begin`.
   * @param members takes where in the arena each attribute of the data begins
   */
  begin(members: number[] | null = null): void {
    this.#place.begin();
    this.#present.reset(members);
  }

  /** After the last attribute. */
  end(): void {
    this.#present.leaveOutInvalid();
  }

  key(bytes: Buffer, start: number, end: number): void {
    const reading = this.#reading;
    if (this.#place.depth === 0) this.#present.leaveOutInvalid();
    this.#place.noteStart(reading.problem !== null);
    if (this.#place.depth > 0) {
      if (reading.problem === null) this.#writeNestedKey(bytes, start, end);
      return;
    }
    // Of a bad event only the names matter that make it ours.
    const { keys, knownKeys } = reading.catalogue;
    const key = reading.problem === null ? keys.intern(bytes, start, end) : knownKeys.find(bytes, start, end);
    const names = this.#present.begin(key, reading.plan.rules[key.slot]!);
    const { attributesPerEvent } = reading.limits;
    if (names > attributesPerEvent * namesPerAttribute) {
      reading.fail(tooManyAttributes(key, names, attributesPerEvent));
    }
  }

  #writeNestedKey(bytes: Buffer, start: number, end: number): void {
    const state = this.#place.writeKey(bytes, start, end);
    if (state === textState.tooLarge) this.#failSize();
    else if (state > textState.unicode) {
      this.#present.fail(badText(state, "an attribute's name", bytes, start, end));
    }
  }

  again(): void {
    if (!this.#place.takeBack()) {
      this.#reading.problem = null;
      this.#present.forget();
    }
    if (this.#place.depth > 0) return;
    this.#present.giveUp();
  }

  string(bytes: Buffer, start: number, end: number): void {
    const key = this.#present.key;
    if (this.#place.depth === 0 && key.reserved !== reserved.none) {
      this.#reading.readReservedText(key, bytes, start, end);
      return;
    }
    if (this.#place.depth === 0 && this.#present.saysTest(bytes, start, end)) {
      // Stored as a boolean, so that whoever reads the row need not know the words.
      this.bool(true);
      return;
    }
    if (!this.#openValue(-1, end > start)) return;
    const state = this.#writeText(bytes, start, end);
    if (this.#place.depth > 0 || state > textState.unicode) return;
    this.#note(takeText(this.#reading, key, this.#present.rule, bytes, start, end));
  }

  int(value: number): void {
    if (this.#takeAsText(value) || !this.#openValue(value)) return;
    if (!this.#arena.writeNumber(value)) this.#failSize();
    else if (this.#place.depth === 0) this.#take(value);
  }

  wideInt(high: number, low: number): void {
    if (!this.#openValue(-1)) return;
    const exact = (BigInt(high) << 32n) | BigInt(low);
    if (!this.#arena.writeAscii(exact.toString())) this.#failSize();
    else if (this.#place.depth === 0)
      this.#note(takeWideInt(this.#reading, this.#present.key, this.#present.rule, exact));
  }

  double(value: number): void {
    if (!Number.isFinite(value)) {
      this.#readNotFinite(value);
      return;
    }
    // -0 is 0 in jsonb; what counters read has to be what the stored row gives back.
    const number = value === 0 ? 0 : value;
    if (this.#takeAsText(number) || !this.#openValue(number)) return;
    if (!this.#arena.writeNumber(number)) this.#failSize();
    else if (this.#place.depth === 0) this.#take(number);
  }

  bool(value: boolean): void {
    if (!this.#openValue(-1)) return;
    if (!this.#arena.writeBool(value)) this.#failSize();
    else if (this.#place.depth === 0) this.#note(takeBool(this.#reading, this.#present.key, this.#present.rule, value));
  }

  binary(bytes: Buffer, start: number, end: number): void {
    if (!this.#openOther("bytes")) return;
    const { attributeBytes } = this.#reading.limits;
    if (end - start > attributeBytes)
      this.#present.fail(attributeTooLarge(this.#present.key, end - start, attributeBytes));
    else if (!this.#arena.writeBase64(bytes, start, end)) this.#failSize();
    else if (this.#place.depth === 0 && this.#present.key.counted) {
      this.#reading.attributes[this.#present.key.text] = bytes.toString("base64", start, end);
    }
  }

  nothing(): void {
    // At the top level null means absent; within an array or a map it holds its place.
    if (this.#place.depth > 0 && this.#openNested() && !this.#arena.writeRaw(nullText)) this.#failSize();
  }

  malformedValue(expected: string, bytes: Buffer, start: number, end: number): void {
    if (this.#openValue(-1)) this.#reading.fail(malformedValue(this.#present.key, expected, bytes, start, end));
  }

  malformedAttribute(expected: string, bytes: Buffer, start: number, end: number): void {
    this.#reading.fail(malformedAttribute(expected, bytes, start, end));
  }

  tooLarge(): void {
    if (this.#place.depth === 0) this.#present.touch(true);
    this.#reading.incomplete = true;
    this.#failSize();
  }

  beginArray(): boolean {
    return this.#beginNested("an array", 0x5b);
  }

  beginMap(): boolean {
    return this.#beginNested("a map", 0x7b);
  }

  endArray(): void {
    this.#endNested(0x5d);
  }

  endMap(): void {
    this.#endNested(0x7d);
  }

  #beginNested(what: string, bracket: number): boolean {
    if (!this.#openOther(what)) return false;
    const { nesting } = this.#reading.limits;
    if (this.#place.depth >= nesting) {
      this.#present.fail(nestedTooDeeply(this.#present.key, nesting));
      return false;
    }
    if (this.#place.open(bracket)) return true;
    this.#failSize();
    return false;
  }

  #endNested(bracket: number): void {
    this.#place.leave();
    if (this.#reading.problem === null && !this.#arena.writeByte(bracket)) this.#failSize();
  }

  /** For values that no rule takes and no counter reads. */
  #openOther(what: string): boolean {
    if (!this.#openValue(-1)) return false;
    if (this.#place.depth > 0) return true;
    const key = this.#present.key;
    const rule = this.#present.rule;
    if (rule !== null) {
      this.#present.fail(wrongType(key, rule, what));
      return false;
    }
    this.#present.replaceCounted();
    return true;
  }

  /**
   * What comes before every value: a comma within an array or a map, the name of a member otherwise.
   * @param number what one of our own names takes from it
   * @param filled false for an empty text, which does not satisfy a required attribute
   * @returns false if the value is not written
   */
  #openValue(number: number, filled = true): boolean {
    if (this.#place.depth > 0) return this.#openNested();
    const key = this.#present.key;
    if (key.reserved !== reserved.none) {
      this.#reading.readReservedNumber(key, number);
      return false;
    }
    this.#present.touch(filled);
    return this.#reading.problem === null && this.#openMember(key);
  }

  #openMember(key: AttributeKey): boolean {
    if (this.#reading.skippedKey !== null && this.#reading.skippedKey.equals(key.bytes)) return false;
    const count = this.#present.count();
    if (count > this.#reading.limits.attributesPerEvent) {
      this.#reading.fail(tooManyAttributes(key, count, this.#reading.limits.attributesPerEvent));
      return false;
    }
    if (key.state > textState.unicode) {
      this.#reading.fail(badText(key.state, "an attribute's name", key.bytes, 0, key.bytes.length));
      return false;
    }
    this.#present.noteStart(this.#arena.length);
    if (!this.#arena.writeRaw(key.jsonKey)) {
      this.#failSize();
      return false;
    }
    return true;
  }

  /** What comes before a value in an array or a map. */
  #openNested(): boolean {
    const reading = this.#reading;
    this.#place.noteStart(reading.problem !== null);
    if (reading.problem !== null) return false;
    if (this.#place.separate()) return true;
    this.#failSize();
    return false;
  }

  #writeText(bytes: Buffer, start: number, end: number): TextState {
    const { attributeBytes } = this.#reading.limits;
    if (end - start > Math.max(maxAttributesBytes, attributeBytes)) {
      this.#present.fail(attributeTooLarge(this.#present.key, end - start, attributeBytes));
      return textState.tooLarge;
    }
    const state = this.#arena.writeString(bytes, start, end);
    if (state > textState.unicode && state !== textState.tooLarge) {
      this.#present.fail(badText(state, quoteKey(this.#present.key), bytes, start, end));
      return state;
    }
    if (end - start > attributeBytes) {
      this.#present.fail(attributeTooLarge(this.#present.key, end - start, attributeBytes));
      return textState.tooLarge;
    }
    if (state === textState.tooLarge) this.#failSize();
    return state;
  }

  /** JSON cannot carry it: an error in what the catalogue defines, text as in OTLP/JSON elsewhere. */
  #readNotFinite(value: number): void {
    const text = String(value);
    const key = this.#present.key;
    const rule = this.#present.rule;
    if (this.#place.depth === 0 && rule !== null && key.reserved === reserved.none) {
      this.#present.touch(true);
      const isNumber = rule.type === "int" || rule.type === "double";
      this.#present.fail(isNumber ? notFinite(key, text) : wrongType(key, rule, text));
      return;
    }
    const bytes = Buffer.from(text);
    this.string(bytes, 0, bytes.length);
  }

  #take(value: number): void {
    this.#note(takeNumber(this.#reading, this.#present.key, this.#present.rule, value));
  }

  #note(problem: EventProblem | null): void {
    if (problem !== null) this.#present.fail(problem);
  }

  /** @returns false for a number that is to be taken as it is */
  #takeAsText(value: number): boolean {
    const text = this.#place.depth === 0 ? this.#present.textOf(value) : null;
    if (text !== null) this.string(text, 0, text.length);
    return text !== null;
  }

  #failSize(): void {
    this.#reading.fail(eventTooLarge(this.#present.key, this.#reading.limits.eventDataBytes));
  }
}
