import type { JsonCursor } from "./json-cursor.ts";
import { kindAt } from "./json-value-kinds.ts";
import type { OtlpCarrier, TextRange } from "./otlp-carrier.ts";
import { maxBodyFields } from "./walk-pauses.ts";

const valuesName = Buffer.from("values");

const nothing: readonly number[] = [];

/** Where the lists of attributes stand if the log record's body is a list of keys and values. */
export function findJsonPayload(
  cursor: JsonCursor,
  { recordBodyStart, recordBodyEnd }: OtlpCarrier,
): readonly number[] {
  if (recordBodyStart === recordBodyEnd) return nothing;
  const after = cursor.pos;
  cursor.pos = recordBodyStart;
  const lists = findLists(cursor);
  cursor.pos = after;
  return lists;
}

/**
 * Finds the text of an AnyValue, which is next and ends at `end`, if that is what it begins with. Its escapes stay; one that
 * begins with a brace may go on behind what is found.
 */
export function findJsonText(cursor: JsonCursor, end: number, into: TextRange): boolean {
  if (cursor.peek() !== 0x7b || !cursor.enterObject()) return false;
  cursor.nextKey();
  if (kindAt(cursor) !== "stringValue" || cursor.peek() !== 0x22) return false;
  const { bytes, pos } = cursor;
  into.bytes = bytes;
  into.start = pos + 1;
  into.end = bytes[into.start] === 0x7b ? end : bytes.indexOf(0x22, into.start);
  return true;
}

/** Of an AnyValue, which is next. */
function findLists(cursor: JsonCursor): readonly number[] {
  let lists: number[] = [];
  let left = maxBodyFields;
  if (!cursor.enterObject()) return lists;
  do {
    if (left-- === 0) return nothing;
    cursor.nextKey();
    const kind = kindAt(cursor);
    if (cursor.peek() === 0x6e || kind === null) {
      cursor.skipValue();
      continue;
    }
    // Of several members that are not null the last one counts.
    lists = [];
    if (kind === "kvlistValue" && cursor.enterObject()) {
      do {
        if (left-- === 0) return nothing;
        cursor.nextKey();
        if (cursor.keyIs(valuesName) && cursor.peek() === 0x5b) lists.push(cursor.pos);
        cursor.skipValue();
      } while (cursor.moreMembers());
    } else if (kind !== "kvlistValue") {
      cursor.skipValue();
    }
  } while (cursor.moreMembers());
  return lists;
}
