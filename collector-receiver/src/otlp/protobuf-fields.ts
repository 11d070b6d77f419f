import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import { idState, type IdState, type OtlpCarrier, type OtlpSignal } from "./otlp-carrier.ts";

/** Any wire type will do. */
export const anyWireType = 7;

/** Wire type of each field by number (opentelemetry-proto 1.x). A mismatch tells signals apart. */
export const spanFields = Uint8Array.of(7, 2, 2, 2, 2, 2, 0, 1, 1, 2, 0, 2, 0, 2, 0, 2, 5);
export const eventFields = Uint8Array.of(7, 1, 2, 2, 0);
export const logRecordFields = Uint8Array.of(7, 1, 0, 2, 7, 2, 2, 0, 5, 2, 2, 1, 2);
export const containerFields = Uint8Array.of(7, 2, 2, 2);
export const resourceFields = Uint8Array.of(7, 2, 0, 2);

export const attributesOfResource = 0x0a;
export const attributesOfSpan = 0x4a;
export const attributesOfEvent = 0x1a;
export const attributesOfLogRecord = 0x32;

/** Copies an id of the body to its place in `carrier.ids`. */
export function copyId(carrier: OtlpCarrier, start: number, length: number, at: number, expected: 8 | 16): IdState {
  if (length === 0) return idState.absent;
  if (length !== expected) return idState.wrongLength;
  const { view, idsView } = carrier;
  let bits = 0;
  for (let i = 0; i < expected; i += 4) {
    const word = view.getInt32(start + i);
    idsView.setInt32(at + i, word);
    bits |= word;
  }
  return bits === 0 ? idState.zero : idState.valid;
}

/** A field that this message never has in this form: mostly another signal's body. */
export function wrongMessage(signal: OtlpSignal, tag: number, at: number, message: string): MalformedOtlpError {
  const other = signal === "traces" ? "logs or metrics, not traces" : "traces or metrics, not logs";
  return new MalformedOtlpError(
    `Field ${tag >>> 3} of ${message} has wire type ${tag & 7}, which it never has. ` +
      `The body may be ${other}: check the path that the exporter posts to`,
    at,
  );
}
