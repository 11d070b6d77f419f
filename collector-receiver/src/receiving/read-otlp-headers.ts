import { statusCode } from "./encode-otlp-answer.ts";
import type { OtlpEncoding } from "../otlp/otlp-carrier.ts";
import { contentEncodings, type ContentEncoding } from "./inflate-body.ts";
import { misdirections } from "./misdirections.ts";
import { Refusal, retryAfter } from "./refusal.ts";

/** From `Content-Type`: parameters such as a charset are ignored; null for any other type. */
export function readContentType(given: string | undefined): OtlpEncoding | null {
  switch (given?.split(";", 1)[0]!.trim().toLowerCase()) {
    case "application/x-protobuf":
      return "protobuf";
    case "application/json":
      return "json";
    default:
      return null;
  }
}

export function isGrpc(contentType: string | undefined): boolean {
  return contentType?.trimStart().toLowerCase().startsWith("application/grpc") === true;
}

/** Taken as the Collector takes them; `x-gzip` is RFC 9110's. */
const otherNames: Readonly<Record<string, string | undefined>> = { "x-gzip": "gzip", zlib: "deflate" };

/** What a Collector's exporter can send and we do not take: after a 415 it would drop its queue. */
const waitingEncodings: ReadonlySet<string> = new Set(["snappy", "x-snappy-framed", "lz4"]);

export function unsupportedType(given: string | undefined): Refusal {
  const remedy = isGrpc(given) ? misdirections.grpc.remedy : "Send application/x-protobuf or application/json.";
  const message = `Content-Type ${describeHeader(given)} is not OTLP over HTTP. ${remedy}`;
  return new Refusal("unsupported_type", 415, statusCode.invalidArgument, message);
}

/**
 * From `Content-Encoding`.
 * @throws Refusal for one that is not known, or for several
 */
export function readContentEncoding(given: string | undefined): ContentEncoding {
  if (given === undefined) return "identity";
  const name = given.trim().toLowerCase() || "identity";
  const known = contentEncodings.find((encoding) => encoding === (otherNames[name] ?? name));
  if (known !== undefined) return known;
  const accepted = { "accept-encoding": contentEncodings.join(", ") };
  const problem = `Content-Encoding ${describeHeader(given)} is not supported`;
  if (waitingEncodings.has(name)) {
    const message = `${problem}: set \`compression: gzip\` or \`zstd\` in the exporter; until then its events wait`;
    throw new Refusal("compression_not_taken", 503, statusCode.unimplemented, message, { ...accepted, ...retryAfter });
  }
  const message = `${problem}: send one of ${contentEncodings.join(", ")}`;
  throw new Refusal("unsupported_encoding", 415, statusCode.invalidArgument, message, accepted);
}

function describeHeader(value: string | undefined): string {
  return value === undefined ? "(none)" : JSON.stringify(value.slice(0, 100));
}
