import { hash } from "node:crypto";
import "./buffer-slices.ts";
import { hexValue } from "./hex.ts";

const dash = 0x2d;
const dashesAt = [8, 13, 18, 23];
/** Where the two digits of each byte stand in the text of a UUID. */
const digitsAt = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

/**
 * Puts the 36 bytes at `start` into `uuid`, as 16 bytes, if they are a UUID of any version, in digits of either case;
 * the nil UUID identifies nothing and is none. False if they are not a UUID.
 */
export function readUuid(view: DataView, start: number, uuid: DataView): boolean {
  for (const at of dashesAt) if (view.getUint8(start + at) !== dash) return false;
  let bits = 0;
  for (let i = 0; i < digitsAt.length; i++) {
    const at = start + digitsAt[i]!;
    const high = hexValue[view.getUint8(at)]!;
    const low = hexValue[view.getUint8(at + 1)]!;
    if (high === 255 || low === 255) return false;
    uuid.setUint8(i, (high << 4) | low);
    bits |= high | low;
  }
  return bits !== 0;
}

/** The time in a version 7 UUID of 16 bytes, in milliseconds since 1970; -1 for any other UUID. */
export function timeOfUuidV7(uuid: DataView): number {
  if (uuid.getUint8(6) >> 4 !== 7 || uuid.getUint8(8) >> 6 !== 2) return -1;
  return uuid.getUint32(0) * 0x1_0000 + uuid.getUint16(4);
}

/** The canonical text of the UUID whose 16 bytes stand at `at`. */
export function uuidText(bytes: Buffer, at: number): string {
  const hex = bytes.hexSlice(at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * The 16 bytes of a version 5 UUID (RFC 9562).
 * @param content the namespace, and the name behind it
 */
export function makeUuidV5(content: Buffer): Buffer {
  const digest = hash("sha1", content, "buffer");
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.subarray(0, 16);
}
