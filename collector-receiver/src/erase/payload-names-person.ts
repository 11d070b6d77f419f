import { lengthField, messageField, encodeVarint } from "../bytes/write-protobuf.ts";

/** The attributes that name a person or a conversation. */
const identifyingKeys = ["session_id", "user_id"] as const;

/**
 * Whether the payload of a rejected event (a complete OTLP request) holds one of these identifiers as a
 * whole value; `s-1` is not found in `s-10`.
 * @param payloadType how to read `payload`
 */
export function payloadNamesPerson(payload: Buffer, payloadType: string, ids: readonly string[]): boolean {
  if (payloadType !== "application/json") return ids.some((id) => protobufHolds(payload, id));
  try {
    return jsonHolds(JSON.parse(payload.toString()), new Set(ids));
  } catch {
    // What is no JSON was rejected for that; its bytes say it or not.
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
