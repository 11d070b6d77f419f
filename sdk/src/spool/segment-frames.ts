import { readRecordLength, readRecordSeq } from "../recording/event-record.ts";
import { requireBuiltin } from "../require-builtin.ts";

/**
 * A segment is a file of frames: length (u32), CRC-32 of the record (u32), record. A process that dies
 * within a write leaves a last frame that is short or whose checksum is wrong: reading ends there.
 */
const frameHeaderBytes = 8;

interface RecordPlace {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** The frames of a number of records, ready to be appended to a segment. */
export function encodeFrames(chunks: readonly RecordPlace[], offsets: readonly number[]): Uint8Array {
  let length = 0;
  for (const [i, { view }] of chunks.entries()) {
    length += frameHeaderBytes + readRecordLength(view, offsets[i]!);
  }
  const out = Buffer.allocUnsafe(length);
  let at = 0;
  for (const [i, { bytes, view }] of chunks.entries()) {
    const start = offsets[i]!;
    const size = readRecordLength(view, start);
    out.set(bytes.subarray(start, start + size), at + frameHeaderBytes);
    out.writeUInt32LE(size, at);
    out.writeUInt32LE(crc32(out.subarray(at + frameHeaderBytes, at + frameHeaderBytes + size)), at + 4);
    at += frameHeaderBytes + size;
  }
  return out;
}

/** Where the records of a piece of a segment are. */
export interface DecodedFrames {
  readonly view: DataView;
  /** Start of each record within the piece. */
  readonly offsets: number[];
  readonly seqs: number[];
  /** Bytes of the piece that are whole, valid frames. */
  readonly length: number;
  /** A frame is damaged: what follows it cannot be read. False if the piece only ends too early. */
  readonly damaged: boolean;
}

/** Finds the valid frames at the beginning of a piece of a segment. */
export function decodeFrames(piece: Uint8Array): DecodedFrames {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  const offsets: number[] = [];
  const seqs: number[] = [];
  let at = 0;
  while (at + frameHeaderBytes <= piece.length) {
    const size = view.getUint32(at, true);
    const start = at + frameHeaderBytes;
    if (size < 32) return { view, offsets, seqs, length: at, damaged: true };
    if (start + size > piece.length) break;
    const valid =
      crc32(piece.subarray(start, start + size)) === view.getUint32(at + 4, true) &&
      readRecordLength(view, start) === size;
    if (!valid) return { view, offsets, seqs, length: at, damaged: true };
    offsets.push(start);
    seqs.push(readRecordSeq(view, start));
    at = start + size;
  }
  return { view, offsets, seqs, length: at, damaged: false };
}

let checksum: ((bytes: Uint8Array) => number) | null = null;

/** `zlib.crc32`, which exists from Node 20.15 on; before, the same by table. Found when it is needed. */
export function crc32(bytes: Uint8Array): number {
  checksum ??= (requireBuiltin("node:zlib") as Partial<typeof import("node:zlib")>).crc32 ?? crc32ByTable;
  return checksum(bytes);
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) {
    value = (value & 1) === 0 ? value >>> 1 : 0xedb8_8320 ^ (value >>> 1);
  }
  return value;
});

/** CRC-32 (IEEE 802.3) of the bytes, as an unsigned number. */
export function crc32ByTable(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffff_ffff) >>> 0;
}
