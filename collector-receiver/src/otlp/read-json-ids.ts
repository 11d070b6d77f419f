import { hexValue } from "./hex-digits.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { idState, parentSpanIdAt, spanIdAt, traceIdAt, type IdState, type OtlpCarrier } from "./otlp-carrier.ts";

/** Forgets the ids of the span or log record before. */
export function clearIds(carrier: OtlpCarrier): void {
  carrier.traceIdStart = carrier.traceIdEnd = 0;
  carrier.spanIdStart = carrier.spanIdEnd = 0;
  carrier.parentSpanIdStart = carrier.parentSpanIdEnd = 0;
}

/**
 * Skips an id, which is next.
 * @returns where the text between its quotes begins (it ends before the cursor's last byte); 0 for `null`
 */
export function skipJsonId(cursor: JsonCursor): number {
  if (cursor.skipNull()) return 0;
  if (cursor.bytes[cursor.pos] !== 0x22) throw cursor.error("an id in hex");
  const start = cursor.pos + 1;
  cursor.skipString();
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
  if (end - start !== expected * 2) return idState.wrongLength;
  const { body: bytes, ids } = carrier;
  let bits = 0;
  for (let i = 0; i < expected; i++) {
    const high = hexValue[bytes[start + i * 2]!]!;
    const low = hexValue[bytes[start + i * 2 + 1]!]!;
    if (high > 15 || low > 15) return idState.wrongLength;
    const byte = (high << 4) | low;
    ids[at + i] = byte;
    bits |= byte;
  }
  return bits === 0 ? idState.zero : idState.valid;
}
