import "../bytes/buffer-slices.ts";
import { tapeKind, type AttributeTape, type TapeKey } from "./attribute-tape.ts";
import type { JsonCursor } from "./json-cursor.ts";
import type { FieldFault } from "./otlp-carrier.ts";
import { findDecimalEnd, readDecimal } from "./read-json-number.ts";
import { maxAttributesBytes } from "./walk-pauses.ts";

const head = Buffer.from('{"key":"');
const middle = Buffer.from('","value":{"');
const stringHead = Buffer.from('stringValue":"');
const intHead = Buffer.from('intValue":');
const doubleHead = Buffer.from('doubleValue":');
const trueValue = Buffer.from('boolValue":true}}');
const falseValue = Buffer.from('boolValue":false}}');

const quote = 0x22;
const backslash = 0x5c;
const brace = 0x7d;
const comma = 0x2c;

/**
 * Puts an array of KeyValues, which is next, on the tape, if all of them are written without
 * spaces, key first, and are plain: a text without escapes, a number or a boolean.
 * @param at place on the tape of the first
 * @returns the place after the last, with the array read; or -1, with nothing read, if one is
 *   written otherwise
 */
export function scanJsonAttributes(cursor: JsonCursor, tape: AttributeTape<TapeKey>, at: number): number {
  const { bytes } = cursor;
  // The same tests as for the body's end; what is long is skipped then, which finds it to be too long.
  const end = cursor.stop;
  if (cursor.measuredBytes() > maxAttributesBytes) return -1;
  let pos = cursor.pos;
  if (bytes[pos++] !== 0x5b) return -1;
  for (;;) {
    if (at === tape.capacity || !standsAt(bytes, head, pos, end)) return -1;
    const keyAt = pos + head.length;
    pos = findPlainEnd(bytes, keyAt, end);
    if (pos < 0 || !standsAt(bytes, middle, pos, end)) return -1;
    tape.keys[at] = tape.find(bytes, keyAt, pos);
    pos += middle.length;
    switch (bytes[pos]) {
      case 0x73:
        if (!standsAt(bytes, stringHead, pos, end)) return -1;
        tape.kinds[at] = tapeKind.string;
        tape.starts[at] = pos += stringHead.length;
        pos = findPlainEnd(bytes, pos, end);
        if (pos < 0) return -1;
        tape.ends[at] = pos++;
        break;
      case 0x69: {
        if (!standsAt(bytes, intHead, pos, end)) return -1;
        pos += intHead.length;
        const quoted = bytes[pos] === quote;
        if (quoted) pos++;
        const first = pos;
        let value = 0;
        let byte = bytes[pos]!;
        while (byte >= 0x30 && byte <= 0x39 && pos - first <= 15) {
          value = value * 10 + (byte - 0x30);
          byte = bytes[++pos]!;
        }
        // Fifteen digits are exact; leading zeros and signs go the careful way.
        if (pos === first || pos - first > 15 || (bytes[first] === 0x30 && pos - first > 1)) return -1;
        if (quoted && bytes[pos++] !== quote) return -1;
        tape.kinds[at] = tapeKind.int;
        tape.numbers[at] = value;
        break;
      }
      case 0x64: {
        if (!standsAt(bytes, doubleHead, pos, end)) return -1;
        const first = (pos += doubleHead.length);
        pos = findDecimalEnd(bytes, first);
        if (pos < 0) return -1;
        tape.kinds[at] = tapeKind.double;
        tape.numbers[at] = readDecimal(bytes, first, pos);
        break;
      }
      case 0x62: {
        const isTrue = standsAt(bytes, trueValue, pos, end);
        if (!isTrue && !standsAt(bytes, falseValue, pos, end)) return -1;
        tape.kinds[at] = tapeKind.bool;
        tape.numbers[at] = isTrue ? 1 : 0;
        pos += (isTrue ? trueValue : falseValue).length - 2;
        break;
      }
      default:
        return -1;
    }
    if (bytes[pos] !== brace || bytes[pos + 1] !== brace) return -1;
    pos += 2;
    at++;
    const next = bytes[pos++];
    if (next === comma) continue;
    if (next !== 0x5d) return -1;
    cursor.pos = pos;
    return at;
  }
}

/** Skips attributes that are not plain; their fault if they are not an array. */
export function skipAttributes(cursor: JsonCursor): FieldFault | null {
  const first = cursor.peek();
  const start = cursor.pos;
  cursor.skipValue();
  return first === 0x5b || first === 0x6e ? null : { field: "attributes", start, end: cursor.pos };
}

/** The closing quote of a text without escapes and control characters; -1 if it has any. */
function findPlainEnd(bytes: Buffer, start: number, end: number): number {
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos]!;
    if (byte === quote) return pos;
    if (byte === backslash || byte < 0x20) return -1;
  }
  return -1;
}

/** Whether the text stands at that place and ends within `end`. */
function standsAt(bytes: Buffer, text: Buffer, at: number, end: number): boolean {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false;
  return true;
}
