import { Buffer } from "node:buffer";

/** The few pieces of protobuf's wire format that writing a carrier needs. */

/** UTF-8 of a string; a lone surrogate becomes U+FFFD, as in every UTF-8 encoder. */
export function utf8Bytes(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}

/** Bytes that `writeVarint` needs for an integer from 0 to 2^53 - 1. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Writes an integer from 0 to 2^53 - 1; returns the offset behind it. */
export function writeVarint(bytes: Uint8Array, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 128) {
    bytes[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}

/** A varint on its own. */
export function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintLength(value));
  writeVarint(bytes, 0, value);
  return bytes;
}

/** A length-delimited field: tag, length, content. Field numbers up to 15. */
export function lengthDelimited(field: number, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + varintLength(content.length) + content.length);
  bytes[0] = (field << 3) | 2;
  bytes.set(content, writeVarint(bytes, 1, content.length));
  return bytes;
}

/** One byte array out of several. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
