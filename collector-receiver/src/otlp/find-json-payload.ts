import type { JsonCursor } from "./json-cursor.ts";
import { kindAt } from "./json-value-kinds.ts";
import type { OtlpCarrier } from "./otlp-carrier.ts";
import { maxBodyFields } from "./walk-pauses.ts";

const valuesName = Buffer.from("values");

/** Where the attributes stand if the log record's body is a list of keys and values; else -1. */
export function findJsonPayload(cursor: JsonCursor, { recordBodyStart, recordBodyEnd }: OtlpCarrier): number {
  if (recordBodyStart === recordBodyEnd) return -1;
  const after = cursor.pos;
  cursor.pos = recordBodyStart;
  const at = findList(cursor);
  cursor.pos = after;
  return at;
}

/** Of an AnyValue, which is next. */
function findList(cursor: JsonCursor): number {
  let listAt = -1;
  let left = maxBodyFields;
  if (!cursor.enterObject()) return listAt;
  do {
    if (left-- === 0) return -1;
    cursor.nextKey();
    const kind = kindAt(cursor);
    if (cursor.peek() === 0x6e || kind === null) {
      cursor.skipValue();
      continue;
    }
    // Of several members that are not null the last one counts.
    listAt = -1;
    if (kind === "kvlistValue" && cursor.enterObject()) {
      do {
        if (left-- === 0) return -1;
        cursor.nextKey();
        if (cursor.keyIs(valuesName)) listAt = cursor.peek() === 0x5b ? cursor.pos : -1;
        cursor.skipValue();
      } while (cursor.moreMembers());
    } else if (kind !== "kvlistValue") {
      cursor.skipValue();
    }
  } while (cursor.moreMembers());
  return listAt;
}
