const frameMagic = 0xfd2fb528;
/** Skippable frames begin with any of 16 magic numbers (RFC 8878, section 3.1.2). */
const skippableMagic = 0x184d2a50;
/** Bytes of the dictionary id, and of the content size, by their two bits of the frame's descriptor. */
const dictionaryIdBytes = [0, 1, 2, 4] as const;
const contentSizeBytes = [0, 2, 4, 8] as const;
const rleBlock = 1;
const reservedBlock = 3;

/** Frames that are skipped in a row, in about a millisecond; zstd itself takes the next one. */
const skippedAtOnce = 20_000;

/**
 * The position of the first zstd frame at or behind `at` that has content: skippable and empty frames cost no engine.
 * @returns the length of the body if there is none; the position of anything that is not a whole frame, for zstd to judge
 */
export function skipEmptyZstdFrames(body: Buffer, at: number): number {
  for (let i = 0; i < skippedAtOnce; i++) {
    const next = endOfEmptyFrame(body, at);
    if (next < 0) return at;
    at = next;
  }
  return at;
}

function endOfEmptyFrame(body: Buffer, at: number): number {
  if (at + 8 > body.length) return -1;
  const magic = body.readUInt32LE(at);
  if ((magic & 0xfffffff0) >>> 0 === skippableMagic) {
    const end = at + 8 + body.readUInt32LE(at + 4);
    return end <= body.length ? end : -1;
  }
  const descriptor = body[at + 4]!;
  // Neither a dictionary nor a checksum nor a reserved bit: zstd itself checks those.
  if (magic !== frameMagic || (descriptor & 0b1111) !== 0) return -1;
  const blockAt = at + 4 + headerBytes(descriptor);
  const blockEnd = blockAt + 3;
  // One block that is the last one, raw and empty, and no content size but 0.
  if (blockEnd > body.length || body.readUIntLE(blockAt, 3) !== 1) return -1;
  const sizeBytes = contentSizeLength(descriptor);
  for (let i = blockAt - sizeBytes; i < blockAt; i++) if (body[i] !== 0) return -1;
  return sizeBytes === 2 ? -1 : blockEnd;
}

/**
 * Where the zstd frame at `at` ends.
 * @returns -1 if it is longer than `maxBytes`, is cut off, or is not a frame
 */
export function endOfZstdFrame(body: Buffer, at: number, maxBytes: number): number {
  const limit = Math.min(body.length, at + maxBytes);
  if (at + 5 > limit || body.readUInt32LE(at) !== frameMagic) return -1;
  const descriptor = body[at + 4]!;
  let pos = at + 4 + headerBytes(descriptor);
  for (;;) {
    if (pos + 3 > limit) return -1;
    const block = body.readUIntLE(pos, 3);
    const type = (block >> 1) & 3;
    if (type === reservedBlock) return -1;
    pos += 3 + (type === rleBlock ? 1 : block >> 3);
    if ((block & 1) === 0) continue;
    const end = pos + ((descriptor & 4) === 0 ? 0 : 4);
    return end <= limit ? end : -1;
  }
}

/** Bytes of a frame's header behind the magic number. */
function headerBytes(descriptor: number): number {
  const windowBytes = isSingleSegment(descriptor) ? 0 : 1;
  return 1 + windowBytes + dictionaryIdBytes[descriptor & 3]! + contentSizeLength(descriptor);
}

function contentSizeLength(descriptor: number): number {
  const length = contentSizeBytes[descriptor >> 6]!;
  return length === 0 && isSingleSegment(descriptor) ? 1 : length;
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0;
}
