import { hexValue } from "../bytes/hex.ts";

const backslash = 0x5c;

/** The character that an escape means, by the one after the backslash; 0 if there is no such escape. */
export const escapeOf = new Uint8Array(256);
for (const [escape, character] of ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"]) {
  escapeOf[escape!.charCodeAt(0)] = character!.charCodeAt(0);
}

/** The text between two quotes, whose escapes were checked, as UTF-8. */
export function unescapeJsonText(bytes: Buffer, start: number, end: number): Buffer {
  const out = Buffer.allocUnsafe(end - start);
  let at = 0;
  for (let pos = start; pos < end;) {
    const byte = bytes[pos]!;
    if (byte !== backslash) {
      out[at++] = byte;
      pos++;
      continue;
    }
    const kind = bytes[pos + 1]!;
    if (kind !== 0x75) {
      out[at++] = escapeOf[kind]!;
      pos += 2;
      continue;
    }
    let code = readHex4(bytes, pos + 2);
    pos += 6;
    if (code >= 0xd800 && code < 0xdc00 && bytes[pos] === backslash && bytes[pos + 1] === 0x75) {
      const low = readHex4(bytes, pos + 2);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        pos += 6;
      }
    }
    at = writeUtf8(out, at, code);
  }
  return out.subarray(0, at);
}

function readHex4(bytes: Buffer, at: number): number {
  return (
    (hexValue[bytes[at]!]! << 12) |
    (hexValue[bytes[at + 1]!]! << 8) |
    (hexValue[bytes[at + 2]!]! << 4) |
    hexValue[bytes[at + 3]!]!
  );
}

/** A lone surrogate is written as three bytes that are not valid UTF-8: the reader finds it there. */
function writeUtf8(out: Buffer, start: number, code: number): number {
  let at = start;
  if (code < 0x80) {
    out[at++] = code;
  } else if (code < 0x800) {
    out[at++] = 0xc0 | (code >> 6);
    out[at++] = 0x80 | (code & 0x3f);
  } else if (code < 0x10000) {
    out[at++] = 0xe0 | (code >> 12);
    out[at++] = 0x80 | ((code >> 6) & 0x3f);
    out[at++] = 0x80 | (code & 0x3f);
  } else {
    out[at++] = 0xf0 | (code >> 18);
    out[at++] = 0x80 | ((code >> 12) & 0x3f);
    out[at++] = 0x80 | ((code >> 6) & 0x3f);
    out[at++] = 0x80 | (code & 0x3f);
  }
  return at;
}
