import { chunkWord, openChunk, readChunkNumber, type Chunk, type SharedChunk } from "../recording/chunk.ts";
import type { Backlog, RecordBatch } from "./backlog.ts";
import { readRecordLength, readRecordSeq } from "../recording/event-record.ts";

interface OpenChunk {
  readonly number: number;
  readonly chunk: Chunk;
  /** Offset of the next record that nobody has taken. */
  read: number;
  /** For each batch that is not settled, the offset of its first record in this chunk. */
  readonly taken: Map<RecordBatch, number>;
}

/** The sender's side of the queue: takes records in order, releases a chunk when all are settled. */
export class MemoryBacklog implements Backlog {
  readonly #open: OpenChunk[] = [];
  readonly #isCurrent: () => boolean;

  /** @param isCurrent false as soon as another sender reads the same memory */
  constructor(isCurrent: () => boolean = () => true) {
    this.#isCurrent = isCurrent;
  }

  /** Adds a chunk that may hold events, in whatever order chunks arrive and however often. */
  addChunk({ number, memory }: SharedChunk): void {
    const chunk = openChunk(memory);
    // Its memory may be in use again, under another number.
    if (Atomics.load(chunk.words, chunkWord.released) === 1 || readChunkNumber(chunk) !== number) return;
    const place = this.#open.findIndex((open) => open.number >= number);
    if (this.#open[place]?.number === number) return;
    const read = Atomics.load(chunk.words, chunkWord.settled);
    this.#open.splice(place === -1 ? this.#open.length : place, 0, { number, chunk, read, taken: new Map() });
  }

  /** Lets go of all memory; every record in it has to be settled. */
  forget(): void {
    this.#open.length = 0;
  }

  /** Memory of all chunks. */
  get bytes(): number {
    return this.#open.reduce((sum, { chunk }) => sum + chunk.memory.byteLength, 0);
  }

  /** How many records wait, counting no further than `enough`; `enough` as soon as they have `enoughBytes`. */
  count(enough: number, enoughBytes = Infinity): number {
    let count = 0;
    let bytes = 0;
    for (const { chunk, read } of this.#open) {
      const committed = Atomics.load(chunk.words, chunkWord.committed);
      for (let at = read; at < committed;) {
        const length = readRecordLength(chunk.view, at);
        at += length;
        bytes += length;
        count += 1;
        if (count === enough || bytes >= enoughBytes) return enough;
      }
    }
    return count;
  }

  /** Sequence number of the oldest record that nobody has taken, or Infinity. */
  get nextSeq(): number {
    for (const { chunk, read } of this.#open) {
      if (read < Atomics.load(chunk.words, chunkWord.committed)) {
        return readRecordSeq(chunk.view, read);
      }
    }
    return Infinity;
  }

  /** Takes the oldest records, at most `maxRecords` and about `maxBytes`; null if none wait. */
  take(maxRecords: number, maxBytes: number): RecordBatch | null {
    const chunks: Chunk[] = [];
    const offsets: number[] = [];
    const begun: { readonly open: OpenChunk; readonly at: number }[] = [];
    let bytes = 0;
    for (const open of this.#open) {
      const { chunk } = open;
      const committed = Atomics.load(chunk.words, chunkWord.committed);
      const start = open.read;
      while (open.read < committed && offsets.length < maxRecords && bytes < maxBytes) {
        chunks.push(chunk);
        offsets.push(open.read);
        const length = readRecordLength(chunk.view, open.read);
        open.read += length;
        bytes += length;
      }
      if (open.read > start) begun.push({ open, at: start });
    }
    const count = offsets.length;
    // Looked at last: whatever was recorded after the other sender's start is the other's.
    if (count === 0 || !this.#isCurrent()) return null;
    const batch: RecordBatch = {
      count,
      bytes,
      firstSeq: readRecordSeq(chunks[0]!.view, offsets[0]!),
      lastSeq: readRecordSeq(chunks[count - 1]!.view, offsets[count - 1]!),
      chunks,
      offsets,
    };
    for (const { open, at } of begun) open.taken.set(batch, at);
    return batch;
  }

  /** The batch needs no further attempt: its memory may be used again. */
  settle(batch: RecordBatch): void {
    for (const { chunk, read, taken } of this.#open) {
      if (!taken.delete(batch)) continue;
      Atomics.store(chunk.words, chunkWord.settled, Math.min(read, ...taken.values()));
    }
    this.releaseSettled();
  }

  /** Gives back chunks whose records are all settled: those that were settled before they were sealed. */
  releaseSettled(): void {
    for (let i = this.#open.length - 1; i >= 0; i -= 1) {
      const { chunk, read, taken } = this.#open[i]!;
      if (taken.size > 0 || Atomics.load(chunk.words, chunkWord.sealed) === 0) continue;
      if (read < Atomics.load(chunk.words, chunkWord.committed)) continue;
      this.#open.splice(i, 1);
      Atomics.store(chunk.words, chunkWord.released, 1);
    }
  }
}
