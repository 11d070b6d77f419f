import type { Censor } from "./censor.ts";
import { lengthField, messageField, encodeVarint } from "../bytes/write-protobuf.ts";

/** The attributes that name a person or a conversation. */
const identifyingKeys = ["session_id", "user_id"] as const;

/**
 * Whether the payload of a rejected event (a complete OTLP request) holds one of these identifiers as a whole value, or the
 * person's identifier within a text; `s-1` is not found in `s-10`.
 * @param payloadType how to read `payload`
 */
export function payloadNamesPerson(
  payload: Buffer,
  payloadType: string,
  ids: readonly string[],
  censor: Censor,
): boolean {
  if (payloadType !== "application/json") {
    return ids.some((id) => protobufHolds(payload, id)) || bytesHold(payload, censor);
  }
  try {
    const request: unknown = JSON.parse(payload.toString());
    return jsonHolds(request, new Set(ids)) || JSON.stringify(censor.data(request)) !== JSON.stringify(request);
  } catch {
    // What is not JSON was rejected for that; its bytes say it or not.
    return ids.some((id) => payload.includes(id));
  }
}

function jsonHolds(value: unknown, ids: ReadonlySet<string>): boolean {
  if (typeof value === "string") return ids.has(value);
  if (typeof value === "number") return ids.has(String(value));
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some((inner) => jsonHolds(inner, ids));
}

/** An AnyValue with this text, or, under a key that names a person, with this whole number. */
function protobufHolds(payload: Buffer, id: string): boolean {
  if (payload.includes(lengthField(1, id))) return true;
  if (!/^\d{1,15}$/.test(id)) return false;
  const number = Buffer.concat([Buffer.from([0x18]), encodeVarint(Number(id))]);
  return identifyingKeys.some((key) => payload.includes(Buffer.concat([lengthField(1, key), messageField(2, number)])));
}

/**
 * The identifier within any text of a protobuf message. A text begins after its length, which may look like a letter; so the
 * byte before it counts as the text's beginning if a field of bytes of that length can begin there.
 */
function bytesHold(payload: Buffer, censor: Censor): boolean {
  if (!censor.findsInTexts) return false;
  const id = Buffer.from(censor.id);
  for (let at = payload.indexOf(id); at >= 0; at = payload.indexOf(id, at + 1)) {
    const end = at + id.length;
    const length = payload[at - 1] ?? 0;
    const beginsText =
      at >= 2 && ((payload[at - 2] ?? 0) & 7) === 2 && length >= id.length && at + length <= payload.length;
    const [start, stop] = beginsText ? [at, at + length] : [at - 8, end + 8];
    if (censor.finds(payload.subarray(Math.max(0, start), stop).toString())) return true;
  }
  return false;
}
