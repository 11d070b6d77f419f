import { keyName, shortCost } from "./find-json-key.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { kindAt, type ValueKind } from "./json-value-kinds.ts";
import type { AttributeVisitor, TextRange } from "./otlp-carrier.ts";
import { readJsonScalar } from "./read-json-scalar.ts";
import { maxAttributesBytes } from "./walk-pauses.ts";

const valueName = Buffer.from("value");
const valuesName = Buffer.from("values");
const openBrace = 0x7b;
const openBracket = 0x5b;
const quote = 0x22;
const firstOfNull = 0x6e;

/**
 * Reads arrays of KeyValue in wire order, in one pass however deep they nest. A value that OTLP does not allow is the visitor's to judge; a value
 * that is not an array holds no attributes. Of a member that an object has twice the last one counts, see `again`; lists go on.
 */
export class JsonAttributeReader {
  readonly #cursor: JsonCursor;
  #visitor!: AttributeVisitor;
  /** How many bytes may still be read. */
  #left = 0;
  /** How many lists of attributes are around the present one. */
  #depth = 0;

  constructor(cursor: JsonCursor) {
    this.#cursor = cursor;
  }

  /**
   * Reads the array that is next. Attributes are read up to `maxAttributesBytes`, see `tooLarge`; a long text does not count,
   * because nobody looks at its bytes here. The cursor may stop anywhere in the array.
   * @returns false if that limit is reached
   */
  read(visitor: AttributeVisitor): boolean {
    this.#visitor = visitor;
    this.#left = maxAttributesBytes;
    this.#depth = 0;
    return this.#readList();
  }

  /** Reads a further array of the same attributes, which is next. @returns as `read` */
  readOn(): boolean {
    return this.#readList();
  }

  /** @returns false if the budget is used up: nothing more is read */
  #readList(): boolean {
    const cursor = this.#cursor;
    if (!cursor.enterArray()) return true;
    do {
      cursor.peek();
      const start = cursor.pos;
      if (cursor.measuredBytes() === 0 && this.#readUsualKeyValue()) {
        if (this.#depth === 0) this.#left -= Math.max(shortCost, cursor.pos - start);
      } else if (this.#left >= 0) {
        cursor.pos = start;
        this.#readUnusualKeyValue();
      }
      if (this.#left < 0) {
        this.#visitor.tooLarge();
        return false;
      }
    } while (cursor.moreElements());
    return true;
  }

  /** Reads a KeyValue, which is next: its key, then its value. @returns false if it is written otherwise, or not read to its end */
  #readUsualKeyValue(): boolean {
    const cursor = this.#cursor;
    if (cursor.bytes[cursor.pos] !== openBrace || !cursor.enterObject()) return false;
    cursor.nextKey();
    if (!cursor.keyIs(keyName) || cursor.peek() !== quote) return false;
    const key: TextRange = { bytes: cursor.bytes, start: 0, end: 0 };
    cursor.readString(key);
    if (!cursor.moreMembers()) return false;
    cursor.nextKey();
    if (!cursor.keyIs(valueName)) return false;
    // What a column or a counter took of an attribute cannot be taken back.
    if (this.#depth === 0 && this.#isFollowed()) return false;
    this.#visitor.key(key.bytes, key.start, key.end);
    if (!this.#readAnyValue(key)) return false;
    while (cursor.moreMembers()) {
      cursor.nextKey();
      if (cursor.keyIs(keyName) || cursor.keyIs(valueName)) {
        this.#visitor.again();
        return false;
      }
      cursor.skipValue();
    }
    return true;
  }

  /** True if the object goes on behind the value that is next; the cursor stays before it. */
  #isFollowed(): boolean {
    const cursor = this.#cursor;
    cursor.peek();
    const start = cursor.pos;
    cursor.skipValue();
    const isFollowed = cursor.moreMembers();
    cursor.pos = start;
    return isFollowed;
  }

  /** Finds key and value before it reads them: one is long, or they are written in another order. */
  #readUnusualKeyValue(): void {
    const cursor = this.#cursor;
    const visitor = this.#visitor;
    const opening = cursor.peek();
    const start = cursor.pos;
    let keyAt = -1;
    let valueAt = -1;
    if (cursor.enterObject()) {
      do {
        cursor.nextKey();
        const isNull = cursor.peek() === firstOfNull;
        if (cursor.keyIs(keyName)) keyAt = isNull ? -1 : cursor.pos;
        // A further value without anything leaves the one before.
        else if (cursor.keyIs(valueName) && (valueAt < 0 || this.#hasValue())) valueAt = cursor.pos;
        cursor.skipValue();
      } while (cursor.moreMembers());
    }
    const after = cursor.pos;
    const hasKey = keyAt < 0 || cursor.bytes[keyAt] === quote;
    if (!hasKey || (opening !== openBrace && opening !== firstOfNull)) {
      this.#left -= shortCost;
      visitor.malformedAttribute("an object with a text as its key", cursor.bytes, start, after);
      return;
    }
    const cost = this.#costOf(start, after, valueAt);
    const isTooLarge = cost > this.#left;
    this.#left -= isTooLarge ? shortCost : cost;
    const key: TextRange = { bytes: cursor.bytes, start: 0, end: 0 };
    if (keyAt >= 0 && !(isTooLarge && cursor.isMeasured(keyAt))) {
      cursor.pos = keyAt;
      cursor.readString(key);
    }
    if (!isTooLarge || key.end > 0) visitor.key(key.bytes, key.start, key.end);
    if (isTooLarge) {
      visitor.tooLarge();
    } else if (valueAt < 0) {
      visitor.nothing();
    } else {
      cursor.pos = valueAt;
      this.#readAnyValue(key);
    }
    cursor.pos = after;
  }

  /** False if the value that is next is an object without a known member, or null; the cursor stays before it. */
  #hasValue(): boolean {
    const cursor = this.#cursor;
    const first = cursor.peek();
    const start = cursor.pos;
    let isSet = first !== openBrace && first !== firstOfNull;
    if (first === openBrace && cursor.enterObject()) {
      do {
        cursor.nextKey();
        const isKnown = kindAt(cursor) !== null;
        isSet ||= isKnown && cursor.peek() !== firstOfNull;
        cursor.skipValue();
      } while (cursor.moreMembers());
    }
    cursor.pos = start;
    return isSet;
  }

  /** Bytes that are read for the KeyValue in `[start, end)`. One that is not measured was read once already. */
  #costOf(start: number, end: number, valueAt: number): number {
    const cursor = this.#cursor;
    const once = this.#depth === 0 ? end - start : 0;
    if (!cursor.isMeasured(start)) return once + end - start;
    return isLongText(cursor, valueAt) ? shortCost : once;
  }

  /**
   * Reads an AnyValue, which is next: an object with one known member that is not null.
   * @param key of the attribute; null in an array
   * @returns false if the budget is used up
   */
  #readAnyValue(key: TextRange | null): boolean {
    const cursor = this.#cursor;
    const visitor = this.#visitor;
    const opening = cursor.peek();
    const start = cursor.pos;
    let isRead = false;
    if (cursor.enterObject()) {
      do {
        cursor.nextKey();
        const kind = kindAt(cursor);
        if (cursor.peek() === firstOfNull || kind === null) {
          cursor.skipValue();
          continue;
        }
        if (isRead) this.#again(key);
        isRead = true;
        if (!this.#readKind(kind, key)) return false;
      } while (cursor.moreMembers());
    }
    if (isRead) return true;
    if (opening === openBrace || opening === firstOfNull) visitor.nothing();
    else visitor.malformedValue('an object such as {"stringValue":…}', cursor.bytes, start, cursor.pos);
    return true;
  }

  #again(key: TextRange | null): void {
    this.#visitor.again();
    if (key !== null) this.#visitor.key(key.bytes, key.start, key.end);
  }

  #readKind(kind: ValueKind, key: TextRange | null): boolean {
    const cursor = this.#cursor;
    if (kind === "arrayValue" || kind === "kvlistValue") return this.#readNested(kind, key);
    const start = cursor.pos;
    const expected = readJsonScalar(cursor, kind, this.#visitor);
    if (expected === null) return true;
    cursor.pos = start;
    cursor.skipValue();
    this.#visitor.malformedValue(expected, cursor.bytes, start, cursor.pos);
    return true;
  }

  /** Reads an ArrayValue or a KeyValueList, which is next: an object with the array `values`. */
  #readNested(kind: "arrayValue" | "kvlistValue", key: TextRange | null): boolean {
    const cursor = this.#cursor;
    const visitor = this.#visitor;
    const start = cursor.pos;
    const isMap = kind === "kvlistValue";
    let isMalformed = cursor.bytes[start] !== openBrace;
    let goesIn: boolean | undefined;
    const begin = () => (goesIn ??= isMap ? visitor.beginMap() : visitor.beginArray());
    if (cursor.enterObject()) {
      do {
        cursor.nextKey();
        const first = cursor.peek();
        const isList = cursor.keyIs(valuesName) && first === openBracket;
        if (cursor.keyIs(valuesName)) isMalformed ||= !isList && first !== firstOfNull;
        if (!isList || !begin()) cursor.skipValue();
        else if (!this.#readValues(isMap)) return false;
      } while (cursor.moreMembers());
    }
    if (!isMalformed) begin();
    if (goesIn === true && isMap) visitor.endMap();
    else if (goesIn === true) visitor.endArray();
    if (!isMalformed) return true;
    if (goesIn !== undefined) this.#again(key);
    visitor.malformedValue(`an object with an array as its values in ${kind}`, cursor.bytes, start, cursor.pos);
    return true;
  }

  /** Reads the array that is next, whose elements are attributes of a map, or values. */
  #readValues(isMap: boolean): boolean {
    const cursor = this.#cursor;
    if (isMap) {
      this.#depth++;
      if (!this.#readList()) return false;
      this.#depth--;
      return true;
    }
    if (!cursor.enterArray()) return true;
    do {
      if (!this.#readAnyValue(null)) return false;
    } while (cursor.moreElements());
    return true;
  }
}

/** Where in a value a text begins at the latest: `{"stringValue":"`, with a little white space. */
const maxTextOffset = 48;
/** A shorter text counts as read. */
const minLongText = 32 * 1024;

/** True if the value at `at` begins with a long text, of which only the place is handed on. */
function isLongText(cursor: JsonCursor, at: number): boolean {
  if (at < 0 || !cursor.isMeasured(at)) return false;
  for (let i = 1; i < maxTextOffset; i++) if (cursor.isMeasuredText(at + i, minLongText)) return true;
  return false;
}
