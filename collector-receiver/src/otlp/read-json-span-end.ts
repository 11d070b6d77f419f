import type { JsonCursor } from "./json-cursor.ts";
import { inBothCases } from "./json-members.ts";
import { maxTraceStateBytes, type SpanEnd } from "./otlp-carrier.ts";
import { readNumberText } from "./read-json-number.ts";
import { readJsonTime, type JsonTime } from "./read-json-time.ts";

const names = {
  start: inBothCases("startTimeUnixNano"),
  end: inBothCases("endTimeUnixNano"),
  traceState: inBothCases("traceState"),
  status: inBothCases("status"),
  code: inBothCases("code"),
};
/** As OTLP has it, and by its name. */
const statusError: ReadonlySet<string | null> = new Set(["2", "STATUS_CODE_ERROR"]);

/** Reads times and status of the span that stands at `at` and was read before. The cursor stays where it is. */
export function readJsonSpanEnd(cursor: JsonCursor, at: number, into: SpanEnd): void {
  const after = cursor.pos;
  const start: JsonTime = { high: 0, low: 0 };
  const end: JsonTime = { high: 0, low: 0 };
  into.failed = false;
  into.traceState = "";
  cursor.pos = at;
  if (cursor.enterObject()) {
    do {
      cursor.nextKey();
      cursor.peek();
      if (cursor.keyIsOneOf(names.start)) readJsonTime(cursor, start);
      else if (cursor.keyIsOneOf(names.end)) readJsonTime(cursor, end);
      else if (cursor.keyIsOneOf(names.traceState)) into.traceState = readTraceState(cursor);
      else if (cursor.keyIsOneOf(names.status)) into.failed = isError(cursor) ?? into.failed;
      else cursor.skipValue();
    } while (cursor.moreMembers());
  }
  into.startHigh = start.high;
  into.startLow = start.low;
  into.endHigh = end.high;
  into.endLow = end.low;
  cursor.pos = after;
}

function readTraceState(cursor: JsonCursor): string {
  const { text } = cursor;
  cursor.readText(text);
  return text.bytes.latin1Slice(text.start, Math.min(text.end, text.start + maxTraceStateBytes));
}

/** Undefined if the status has no code. */
function isError(cursor: JsonCursor): boolean | undefined {
  let failed: boolean | undefined;
  if (!cursor.enterObject()) return failed;
  do {
    cursor.nextKey();
    if (cursor.keyIsOneOf(names.code)) failed = statusError.has(readNumberText(cursor));
    else cursor.skipValue();
  } while (cursor.moreMembers());
  return failed;
}
