import { follow, tapeKind, type AttributeTape, type TapeKey } from "./attribute-tape.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";

/**
 * Puts the KeyValues under `attributesTag` in `[start, end)` on the tape, where all of them are plain:
 * key before value, one value that is a text, a number or a boolean.
 * @param at place on the tape of the first
 * @returns the place after the last, or -1 where one is not plain: the tape then says nothing
 */
export function scanProtobufAttributes(
  cursor: ProtobufCursor,
  start: number,
  end: number,
  attributesTag: number,
  fields: Uint8Array,
  tape: AttributeTape<TapeKey>,
  at: number,
): number {
  const { bytes, view } = cursor;
  let before: TapeKey = tape.origin;
  let pos = start;
  while (pos < end) {
    if (bytes[pos] !== attributesTag) {
      const tag = cursor.readTag(pos, end);
      pos = cursor.skipField(tag, cursor.pos, end, fields, "an event");
      continue;
    }
    let length = bytes[++pos]!;
    if (length < 0x80) {
      pos++;
    } else {
      length = cursor.readLength(pos, end);
      pos = cursor.pos;
    }
    const next = pos + length;
    const keyLength = bytes[pos + 1]!;
    const keyAt = pos + 2;
    let valueAt = keyAt + keyLength;
    if (next > end || bytes[pos] !== 0x0a || keyLength > 0x7f || valueAt + 2 > next || bytes[valueAt] !== 0x12) {
      return -1;
    }
    // Which name? Mostly the one that came after the last one before.
    let key = before.next;
    if (key === null || key.words.length !== keyLength || !key.words.isAt(view, keyAt, valueAt)) {
      key = before.otherNext;
      if (key === null || key.words.length !== keyLength || !key.words.isAt(view, keyAt, valueAt)) {
        key = tape.find(bytes, keyAt, valueAt);
        follow(before, key);
      }
    }
    before = key;
    length = bytes[++valueAt]!;
    if (length < 0x80) {
      valueAt++;
    } else {
      length = cursor.readLength(valueAt, next);
      valueAt = cursor.pos;
    }
    if (valueAt + length !== next || length === 0 || at === tape.capacity) return -1;
    tape.keys[at] = key;
    const tag = bytes[valueAt++];
    if (tag === 0x0a) {
      length = bytes[valueAt]!;
      if (length < 0x80) {
        valueAt++;
      } else {
        length = cursor.readLength(valueAt, next);
        valueAt = cursor.pos;
      }
      if (valueAt + length !== next) return -1;
      tape.kinds[at] = tapeKind.string;
      tape.starts[at] = valueAt;
      tape.ends[at] = next;
    } else if (tag === 0x18) {
      // Seven bytes are 49 bits: a double holds them.
      if (next === valueAt || next - valueAt > 7) return -1;
      let value = 0;
      let scale = 1;
      for (; valueAt < next; scale *= 128) {
        const byte = bytes[valueAt++]!;
        value += (byte & 0x7f) * scale;
        if (byte < 0x80 !== (valueAt === next)) return -1;
      }
      tape.kinds[at] = tapeKind.int;
      tape.numbers[at] = value;
    } else if (tag === 0x21) {
      if (valueAt + 8 !== next) return -1;
      tape.kinds[at] = tapeKind.double;
      tape.numbers[at] = view.getFloat64(valueAt, true);
    } else if (tag === 0x10) {
      if (valueAt + 1 !== next || bytes[valueAt]! > 0x7f) return -1;
      tape.kinds[at] = tapeKind.bool;
      tape.numbers[at] = bytes[valueAt] === 0 ? 0 : 1;
    } else {
      return -1;
    }
    at++;
    pos = next;
  }
  return at;
}
