import type { JsonCursor } from "./json-cursor.ts";
import { maxAttributesBytes } from "./walk-pauses.ts";

export const keyName = Buffer.from("key");
const quote = 0x22;

/** What an attribute costs that is passed over, and a text that is only handed on, in bytes that are read. */
export const shortCost = 128;

/** True if a KeyValue of the arrays at `lists` has exactly that key; it is looked for as far as attributes are read. */
export function hasJsonKey(cursor: JsonCursor, lists: readonly number[], name: Buffer): boolean {
  let left = maxAttributesBytes;
  for (const at of lists) {
    cursor.pos = at;
    if (left >= 0 && cursor.enterArray()) {
      left = findKey(cursor, name, left);
      if (left === found) return true;
    }
  }
  return false;
}

const found = Infinity;

/** In an array that was entered. @returns how many bytes may still be read, or `found` */
function findKey(cursor: JsonCursor, name: Buffer, maxBytes: number): number {
  let left = maxBytes;
  do {
    const start = cursor.pos;
    let isSame = false;
    if (cursor.enterObject()) {
      do {
        cursor.nextKey();
        if (cursor.keyIs(keyName) && cursor.peek() === quote && !cursor.isMeasured(cursor.pos)) {
          cursor.readString(cursor.key);
          isSame = cursor.keyIs(name);
        } else {
          cursor.skipValue();
        }
      } while (cursor.moreMembers());
    }
    if (isSame) return found;
    // One that is longer has its long values measured, and cost little.
    if (cursor.pos - start <= maxAttributesBytes) left -= Math.max(shortCost, cursor.pos - start);
  } while (left >= 0 && cursor.moreElements());
  return left;
}
