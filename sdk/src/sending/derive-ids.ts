/**
 * Ids of a carrier, derived from its source and its sequence number: whoever sends an event again,
 * after a crash or out of a spool, sends it with the same ids, without anything having been stored
 * for that.
 */

export interface SourceSeed {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/** The 122 random bits of a source id as four words. */
export function seedOfSource(sourceId: string): SourceSeed {
  const hex = sourceId.replaceAll("-", "");
  const word = (index: number): number => Number.parseInt(hex.slice(index * 8, index * 8 + 8), 16);
  return { a: word(0) | 0, b: word(1) | 0, c: word(2) | 0, d: word(3) | 0 };
}

/**
 * Writes a UUIDv7 (RFC 9562): 48 bits of milliseconds, 32 bits of the sequence number as counter, 42
 * bits of the source. Within one source no two are equal and later ones are greater.
 */
export function writeEventId(out: Uint8Array, at: number, seed: SourceSeed, seq: number, timeMs: number): void {
  const high = Math.floor(timeMs / 0x1_0000_0000);
  const low = timeMs % 0x1_0000_0000;
  const counter = seq >>> 0;
  out[at] = high >>> 8;
  out[at + 1] = high;
  out[at + 2] = low >>> 24;
  out[at + 3] = low >>> 16;
  out[at + 4] = low >>> 8;
  out[at + 5] = low;
  out[at + 6] = 0x70 | (counter >>> 28);
  out[at + 7] = counter >>> 20;
  out[at + 8] = 0x80 | ((counter >>> 14) & 0x3f);
  out[at + 9] = counter >>> 6;
  // The version and variant digits of the source id are in words b and c: a and d are all random.
  out[at + 10] = ((counter & 0x3f) << 2) | (seed.c & 0x03);
  writeWord(out, at + 11, seed.a);
  out[at + 15] = seed.d;
}

/** Writes an 8-byte span id that is not zero. */
export function writeSpanId(out: Uint8Array, at: number, seed: SourceSeed, seq: number): void {
  const low = seq >>> 0;
  const high = Math.floor(seq / 0x1_0000_0000);
  writeWord(out, at, mix(seed.a ^ mix(low ^ seed.b)) | 1);
  writeWord(out, at + 4, mix(seed.d ^ mix(low + high * 31)));
}

/** Writes a 16-byte trace id that is not zero, for an event that no span surrounds. */
export function writeTraceId(out: Uint8Array, at: number, seed: SourceSeed, seq: number): void {
  const low = seq >>> 0;
  const high = Math.floor(seq / 0x1_0000_0000);
  writeWord(out, at, mix(seed.d ^ mix(low ^ 0x51ed_270b)) | 1);
  writeWord(out, at + 4, mix(seed.a ^ mix(high ^ seed.c)));
  writeWord(out, at + 8, mix(seed.b ^ mix(low ^ 0x2545_f491)));
  writeWord(out, at + 12, mix(seed.c ^ mix(low ^ seed.a)));
}

function writeWord(out: Uint8Array, at: number, word: number): void {
  out[at] = word >>> 24;
  out[at + 1] = word >>> 16;
  out[at + 2] = word >>> 8;
  out[at + 3] = word;
}

/** A bijection of 32-bit words that spreads neighbouring numbers apart (the finaliser of MurmurHash3). */
function mix(word: number): number {
  let h = word | 0;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85eb_ca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2_ae35);
  return h ^ (h >>> 16);
}
