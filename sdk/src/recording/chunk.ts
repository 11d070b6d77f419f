/**
 * A chunk is the memory in which events wait: written by the product's thread, read by the sender's,
 * without a copy or a message in between. The queue of the SDK is its list of unreleased chunks, so
 * that nothing is lost when the worker dies: a new sender starts again with the same chunks.
 */

/** Events of one chunk; a single event never needs more than half of it. */
export const chunkBytes = 512 * 1024;

/** Where records begin, after the header words. */
export const chunkHeaderBytes = 16;

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
} as const;

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

/** A new, empty chunk. */
export function createChunk(): Chunk {
  const chunk = openChunk(new SharedArrayBuffer(chunkBytes));
  resetChunk(chunk);
  return chunk;
}

/** Makes a released chunk empty again. */
export function resetChunk(chunk: Chunk): void {
  Atomics.store(chunk.words, chunkWord.sealed, 0);
  Atomics.store(chunk.words, chunkWord.released, 0);
  Atomics.store(chunk.words, chunkWord.settled, chunkHeaderBytes);
  Atomics.store(chunk.words, chunkWord.committed, chunkHeaderBytes);
}
