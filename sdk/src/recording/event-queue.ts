import {
  chunkBytes,
  chunkHeaderBytes,
  chunkWord,
  createChunk,
  firstChunkBytes,
  readChunkNumber,
  resetChunk,
  type Chunk,
  type SharedChunk,
} from "./chunk.ts";

/** Released chunks that are kept for the next burst; the rest goes back to the system. */
const maxSpareChunks = 4;

/** Memory that all threads that leave their events to one sender take together. */
export interface SharedRoom {
  /** As the sender saw it last. */
  readonly heldBytes: number;
  /** An event found no room in there. */
  countDrop(): void;
}

/**
 * The product's side of the queue: a list of chunks, bounded in bytes. What is in it stays until the
 * sender has released it, so that it can be handed to another sender.
 */
export class EventQueue {
  #maxBytes: number;
  readonly #chunks: Chunk[] = [];
  readonly #spare: Chunk[] = [];
  #current: Chunk | null = null;
  #lastNumber = 0;
  /** Called with each chunk as soon as it may hold events. */
  onChunk: ((chunk: SharedChunk) => void) | null = null;
  /** Null while this thread is the only one. */
  shared: SharedRoom | null = null;
  /** Where the next record begins. */
  position = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get maxBytes(): number {
    return this.#maxBytes;
  }

  set maxBytes(value: number) {
    this.#maxBytes = value;
  }

  /** The chunk to write into, or null if there is none yet. */
  get current(): Chunk | null {
    return this.#current;
  }

  /** Chunks that are not released yet, oldest first, for a new sender. */
  get unreleased(): readonly SharedChunk[] {
    this.#collectReleased();
    return this.#chunks.filter((chunk) => Atomics.load(chunk.words, chunkWord.released) === 0).map(share);
  }

  /** Memory that the queue occupies. */
  get bytes(): number {
    return this.#chunks.reduce((sum, { memory }) => sum + memory.byteLength, 0);
  }

  /** All threads together hold as much as one may: what ended threads have left, for example. */
  get isCrowded(): boolean {
    return this.shared !== null && this.shared.heldBytes >= this.#maxBytes;
  }

  /** Seals the current chunk and opens another one; null if the queue is full. */
  advance(): Chunk | null {
    this.#collectReleased();
    if (this.#chunks.length > 0 && this.bytes + chunkBytes > this.#maxBytes) return null;
    if (this.isCrowded) {
      this.shared?.countDrop();
      return null;
    }
    if (this.#current !== null) Atomics.store(this.#current.words, chunkWord.sealed, 1);
    const chunk = this.#spare.pop() ?? createChunk(this.#lastNumber === 0 ? firstChunkBytes : chunkBytes);
    this.#lastNumber += 1;
    resetChunk(chunk, this.#lastNumber);
    this.#chunks.push(chunk);
    this.#current = chunk;
    this.position = chunkHeaderBytes;
    this.onChunk?.(share(chunk));
    return chunk;
  }

  /** Publishes the record that ends at `end`. */
  commit(chunk: Chunk, end: number): void {
    this.position = end;
    Atomics.store(chunk.words, chunkWord.committed, end);
  }

  /** Chunks are released nearly in order, so looking at the oldest is enough. */
  #collectReleased(): void {
    for (;;) {
      const oldest = this.#chunks[0];
      if (oldest === undefined || Atomics.load(oldest.words, chunkWord.released) === 0) return;
      this.#chunks.shift();
      const isWhole = oldest.memory.byteLength === chunkBytes;
      if (isWhole && this.#spare.length < maxSpareChunks) this.#spare.push(oldest);
    }
  }
}

function share(chunk: Chunk): SharedChunk {
  return { number: readChunkNumber(chunk), memory: chunk.memory };
}
