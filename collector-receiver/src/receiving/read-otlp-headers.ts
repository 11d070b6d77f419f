import { statusCode } from "./encode-otlp-answer.ts";
import type { OtlpEncoding } from "../otlp/otlp-carrier.ts";
import { contentEncodings, type ContentEncoding } from "./inflate-body.ts";
import { Refusal } from "./refusal.ts";

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

/** Taken as the Collector takes them; `x-gzip` is RFC 9110's. */
const otherNames: Readonly<Record<string, string | undefined>> = { "x-gzip": "gzip", zlib: "deflate" };

export function unsupportedType(given: string | undefined): Refusal {
  const message = `Content-Type ${describeHeader(given)} is not OTLP: send application/x-protobuf or application/json`;
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
  throw new Refusal(
    "unsupported_encoding",
    415,
    statusCode.invalidArgument,
    `Content-Encoding ${describeHeader(given)} is not supported: send one of ${contentEncodings.join(", ")}`,
    { "accept-encoding": contentEncodings.join(", ") },
  );
}

function describeHeader(value: string | undefined): string {
  return value === undefined ? "(none)" : JSON.stringify(value.slice(0, 100));
}
