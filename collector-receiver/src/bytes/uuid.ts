import { hash } from "node:crypto";
import "./buffer-slices.ts";
import { hexPairValue } from "./hex.ts";

const dash = 0x2d;

/**
 * Puts the 36 bytes at `start` into `uuid`, as 16 bytes, if they are a UUID of any version, in digits of either case;
 * the nil UUID identifies nothing and is none. False, with nothing written, if they are no UUID.
 */
export function readUuid(view: DataView, start: number, uuid: DataView): boolean {
  if (
    view.getUint8(start + 8) !== dash ||
    view.getUint8(start + 13) !== dash ||
    view.getUint8(start + 18) !== dash ||
    view.getUint8(start + 23) !== dash
  ) {
    return false;
  }
  const a = readPair(view, start);
  const b = readPair(view, start + 2);
  const c = readPair(view, start + 4);
  const d = readPair(view, start + 6);
  const e = readPair(view, start + 9);
  const f = readPair(view, start + 11);
  const g = readPair(view, start + 14);
  const h = readPair(view, start + 16);
  const i = readPair(view, start + 19);
  const j = readPair(view, start + 21);
  const k = readPair(view, start + 24);
  const l = readPair(view, start + 26);
  const m = readPair(view, start + 28);
  const n = readPair(view, start + 30);
  const o = readPair(view, start + 32);
  const p = readPair(view, start + 34);
  // Negative if one is not a pair of digits, 0 if all are zeros.
  if ((a | b | c | d | e | f | g | h | i | j | k | l | m | n | o | p) <= 0) return false;
  uuid.setInt32(0, (a << 24) | (b << 16) | (c << 8) | d);
  uuid.setInt32(4, (e << 24) | (f << 16) | (g << 8) | h);
  uuid.setInt32(8, (i << 24) | (j << 16) | (k << 8) | l);
  uuid.setInt32(12, (m << 24) | (n << 16) | (o << 8) | p);
  return true;
}

function readPair(view: DataView, at: number): number {
  return hexPairValue[view.getUint16(at)]!;
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
