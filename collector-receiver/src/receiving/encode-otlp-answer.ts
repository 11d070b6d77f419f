import type { OtlpEncoding, OtlpSignal } from "../otlp/otlp-carrier.ts";
import { lengthField, varintField } from "../bytes/write-protobuf.ts";

/** Longest message of an answer in bytes: a Collector reads 64 KiB of an answer at most. */
const maxMessageBytes = 2048;

/** The content type of an answer: exact, because a Collector compares it so. */
export const answerTypes: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/** Codes of google.rpc.Code that we answer with. */
export const statusCode = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  unauthenticated: 16,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** Export*ServiceResponse of full success: empty, `partial_success` is not set. */
export function encodeSuccess(encoding: OtlpEncoding): Buffer {
  return encoding === "protobuf" ? Buffer.alloc(0) : Buffer.from("{}");
}

/**
 * Export*ServiceResponse with `partial_success`.
 * @param rejectedCarriers spans or log records that hold a rejected event
 */
export function encodePartialSuccess(
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  rejectedCarriers: number,
  message: string,
): Buffer {
  const text = shortenMessage(message);
  if (encoding === "protobuf") {
    return lengthField(1, Buffer.concat([varintField(1, rejectedCarriers), lengthField(2, text)]));
  }
  const member = signal === "traces" ? "rejectedSpans" : "rejectedLogRecords";
  // 64-bit integers are texts in protobuf's JSON.
  return Buffer.from(JSON.stringify({ partialSuccess: { [member]: String(rejectedCarriers), errorMessage: text } }));
}

/** google.rpc.Status, the body of every error. */
export function encodeStatus(encoding: OtlpEncoding, code: number, message: string): Buffer {
  const text = shortenMessage(message);
  if (encoding === "protobuf") return Buffer.concat([varintField(1, code), lengthField(2, text)]);
  return Buffer.from(JSON.stringify({ code, message: text }));
}

/** At most 2 KiB of UTF-8, cut between characters. */
function shortenMessage(message: string): string {
  const bytes = Buffer.from(message.toWellFormed());
  if (bytes.length <= maxMessageBytes) return bytes.toString();
  let end = maxMessageBytes - 3;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return `${bytes.toString("utf8", 0, end)}…`;
}
