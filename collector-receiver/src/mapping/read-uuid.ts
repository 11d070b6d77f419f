import { hexValue } from "../otlp/hex-digits.ts";

const dash = 0x2d;

/** `upper`: a UUID with capital letters; `invalid`: none, or the nil UUID, which identifies nothing. */
export const uuidState = { invalid: 0, canonical: 1, upper: 2 } as const;
export type UuidState = (typeof uuidState)[keyof typeof uuidState];

/** Whether the bytes are a UUID of any version. */
export function checkUuid(bytes: Buffer, start: number, end: number): UuidState {
  if (end - start !== 36) return uuidState.invalid;
  let bits = 0;
  let upper = 0;
  for (let i = 0; i < 36; i++) {
    const byte = bytes[start + i]!;
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (byte !== dash) return uuidState.invalid;
    } else {
      const value = hexValue[byte]!;
      if (value === 255) return uuidState.invalid;
      bits |= value;
      // "A" to "F" lack the bit that digits and "a" to "f" have.
      upper |= ~byte & 0x20;
    }
  }
  if (bits === 0) return uuidState.invalid;
  return upper === 0 ? uuidState.canonical : uuidState.upper;
}

/** The time in a version 7 UUID at `start`, in milliseconds since 1970; -1 for any other UUID. */
export function readUuidV7Time(bytes: Buffer, start: number): number {
  if (bytes[start + 14] !== 0x37 || (hexValue[bytes[start + 19]!]! & 0xc) !== 8) return -1;
  let high = 0;
  for (let i = 0; i < 8; i++) high = high * 16 + hexValue[bytes[start + i]!]!;
  let low = 0;
  for (let i = 9; i < 13; i++) low = low * 16 + hexValue[bytes[start + i]!]!;
  return high * 0x10000 + low;
}

/**
 * Milliseconds of a 64-bit count of nanoseconds, rounded down. Exact: no step leaves the integers
 * that a double holds.
 */
export function millisecondsOf(high: number, low: number): number {
  const quotient = Math.floor(high / 1_000_000);
  const rest = (high - quotient * 1_000_000) * 0x100000000 + low;
  return quotient * 0x100000000 + Math.floor(rest / 1_000_000);
}
