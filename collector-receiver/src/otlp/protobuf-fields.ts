import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import { idState, type IdState, type OtlpCarrier, type OtlpSignal } from "./otlp-carrier.ts";

/** Any wire type will do. */
export const anyWireType = 7;

/** KeyValue: key, value; in profiles also key_strindex. */
export const keyValueFields = Uint8Array.of(7, 2, 2, 7);
/** AnyValue: string, bool, int, double, array, kvlist, bytes. */
export const anyValueFields = Uint8Array.of(7, 2, 0, 0, 1, 2, 2, 2);
export const listFields = Uint8Array.of(7, 2);

/** Wire type of each field by number (opentelemetry-proto 1.x). A mismatch tells signals apart. */
export const spanFields = Uint8Array.of(7, 2, 2, 2, 2, 2, 0, 1, 1, 2, 0, 2, 0, 2, 0, 2, 5);
export const statusFields = Uint8Array.of(7, 7, 2, 0);
export const eventFields = Uint8Array.of(7, 1, 2, 2, 0);
export const logRecordFields = Uint8Array.of(7, 1, 0, 2, 7, 2, 2, 0, 5, 2, 2, 1, 2);
/** Of a request: another field than the first is of a later version. */
export const requestFields = Uint8Array.of(7, 2);
export const containerFields = Uint8Array.of(7, 2, 2, 2);
export const resourceFields = Uint8Array.of(7, 2, 0, 2);

/** How the fields that are read begin: `number << 3 | wire type`. The first two are the same for traces and logs. */
export const requestTag = { resources: 0x0a } as const;
export const resourceDataTag = { resource: 0x0a, scopes: 0x12 } as const;
export const resourceTag = { attributes: 0x0a } as const;
export const scopeDataTag = { scope: 0x0a, items: 0x12 } as const;
export const scopeTag = { name: 0x0a } as const;
export const spanTag = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  startTime: 0x39,
  endTime: 0x41,
  attributes: 0x4a,
  droppedAttributes: 0x50,
  events: 0x5a,
  droppedEvents: 0x60,
  status: 0x7a,
} as const;
export const statusTag = { code: 0x18 } as const;
export const eventTag = { time: 0x09, name: 0x12, attributes: 0x1a, droppedAttributes: 0x20 } as const;
export const logRecordTag = {
  time: 0x09,
  body: 0x2a,
  attributes: 0x32,
  droppedAttributes: 0x38,
  traceId: 0x4a,
  spanId: 0x52,
  observedTime: 0x59,
  eventName: 0x62,
} as const;
export const keyValueTag = { key: 0x0a, value: 0x12 } as const;
export const anyValueTag = {
  string: 0x0a,
  bool: 0x10,
  int: 0x18,
  double: 0x21,
  array: 0x2a,
  kvlist: 0x32,
  bytes: 0x3a,
} as const;
/** Of an ArrayValue and a KeyValueList. */
export const listTag = { values: 0x0a } as const;

/** True for a tag of one byte whose field has a length. */
export function isShortLengthTag(tag: number): boolean {
  return (tag & 0x87) === 2;
}

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
    `Invalid wire type ${tag & 7} for field ${tag >>> 3} of ${message}. ` +
      `The body may be ${other}; check the path that the exporter posts to`,
    at,
  );
}
