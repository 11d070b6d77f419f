import { hexValue } from "../bytes/hex.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { idState, parentSpanIdAt, spanIdAt, traceIdAt, type IdState, type OtlpCarrier } from "./otlp-carrier.ts";

/** Forgets the ids of the span or log record before. */
export function clearIds(carrier: OtlpCarrier): void {
  carrier.traceIdStart = carrier.traceIdEnd = 0;
  carrier.spanIdStart = carrier.spanIdEnd = 0;
  carrier.parentSpanIdStart = carrier.parentSpanIdEnd = 0;
}

/**
 * Skips an id, which is next, whatever its type.
 * @returns where the value begins (it ends at the cursor)
 */
export function skipJsonId(cursor: JsonCursor): number {
  if (cursor.bytes[cursor.pos] === 0x22 || cursor.peek() === 0x22) {
    const start = cursor.pos;
    cursor.skipString();
    return start;
  }
  const start = cursor.pos;
  cursor.skipValue();
  return start;
}

/** From the hex texts that were found to bytes. */
export function decodeIds(carrier: OtlpCarrier): void {
  const { traceIdStart, traceIdEnd, spanIdStart, spanIdEnd, parentSpanIdStart, parentSpanIdEnd } = carrier;
  carrier.traceIdState = decodeId(carrier, traceIdStart, traceIdEnd, traceIdAt, 16);
  carrier.spanIdState = decodeId(carrier, spanIdStart, spanIdEnd, spanIdAt, 8);
  carrier.parentSpanIdState = decodeId(carrier, parentSpanIdStart, parentSpanIdEnd, parentSpanIdAt, 8);
}

function decodeId(carrier: OtlpCarrier, start: number, end: number, at: number, expected: 8 | 16): IdState {
  if (end === start) return idState.absent;
  const { body: bytes, ids } = carrier;
  const kind = bytes[start];
  if (kind !== 0x22) return kind === 0x6e ? idState.absent : idState.notText;
  if (end - start === 2) return idState.absent;
  if (end - start !== expected * 2 + 2) return idState.wrongLength;
  let bits = 0;
  for (let i = 0; i < expected; i++) {
    const high = hexValue[bytes[start + 1 + i * 2]!]!;
    const low = hexValue[bytes[start + 2 + i * 2]!]!;
    if (high > 15 || low > 15) return idState.wrongLength;
    const byte = (high << 4) | low;
    ids[at + i] = byte;
    bits |= byte;
  }
  return bits === 0 ? idState.zero : idState.valid;
}
