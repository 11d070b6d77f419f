/**
 * A chunk is the memory in which events wait: written by the product's thread, read by the sender's,
 * without a copy or a message in between. The queue of the SDK is its list of unreleased chunks, so
 * that nothing is lost when the worker dies: a new sender starts again with the same chunks.
 */

/** Bytes of a chunk; a single event never needs more than half of them. */
export const chunkBytes = 512 * 1024;

/** The first chunk of a queue: most threads of a product record little, and there may be many of them. */
export const firstChunkBytes = 64 * 1024;

/** Where records begin, after the header words. */
export const chunkHeaderBytes = 24;

/** Words of the header, as indices into an Int32Array over the chunk. */
export const chunkWord = {
  /** Offset up to which records are complete; written last, atomically, by the product's thread. */
  committed: 0,
  /** 1 as soon as the product's thread writes into another chunk. */
  sealed: 1,
  /** 1 as soon as every record is settled; the product's thread may use the memory again. */
  released: 2,
  /** Offset before which every record is settled: where another sender has to begin. */
  settled: 3,
  /** Which chunk of its queue this memory is; another one as soon as it is used again. */
  number: 4,
} as const;

/** A chunk as it is told to a sender. */
export interface SharedChunk {
  readonly number: number;
  readonly memory: SharedArrayBuffer;
}

export interface Chunk {
  readonly memory: SharedArrayBuffer;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** All of the memory; the header is at its beginning. */
  readonly words: Int32Array;
}

/** Views over the memory of a chunk, on either side. */
export function openChunk(memory: SharedArrayBuffer): Chunk {
  return {
    memory,
    bytes: new Uint8Array(memory),
    view: new DataView(memory),
    words: new Int32Array(memory),
  };
}

/** New memory for a chunk; `resetChunk` makes it one. */
export function createChunk(bytes: number): Chunk {
  return openChunk(new SharedArrayBuffer(bytes));
}

/** Makes new or released memory an empty chunk with this number. */
export function resetChunk(chunk: Chunk, number: number): void {
  Atomics.store(chunk.words, chunkWord.number, number);
  Atomics.store(chunk.words, chunkWord.sealed, 0);
  Atomics.store(chunk.words, chunkWord.settled, chunkHeaderBytes);
  Atomics.store(chunk.words, chunkWord.committed, chunkHeaderBytes);
  // Last: a sender that reads 0 here reads the new number too.
  Atomics.store(chunk.words, chunkWord.released, 0);
}

/** The number that the chunk's memory has now. */
export function readChunkNumber(chunk: Chunk): number {
  return Atomics.load(chunk.words, chunkWord.number);
}
