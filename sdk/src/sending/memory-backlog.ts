import { chunkHeaderBytes, chunkWord, openChunk, type Chunk } from "../recording/chunk.ts";
import { readRecordLength, readRecordSeq } from "../recording/event-record.ts";

/** Records of one batch, in the memory where they were written. */
export interface RecordBatch {
  readonly count: number;
  /** Sequence number of the first record; those behind it are higher. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Record `i` lies in `chunks[i]` at `offsets[i]`. */
  readonly chunks: readonly { readonly bytes: Uint8Array; readonly view: DataView }[];
  readonly offsets: readonly number[];
}

interface OpenChunk {
  readonly chunk: Chunk;
  /** Offset of the next record that nobody has taken. */
  read: number;
  /** Records taken and not settled. */
  unsettled: number;
}

/** The sender's side of the queue: takes records in order, releases a chunk when all are settled. */
export class MemoryBacklog {
  readonly #open: OpenChunk[] = [];
  readonly #owners = new Map<Chunk, OpenChunk>();

  addChunk(memory: SharedArrayBuffer): void {
    const chunk = openChunk(memory);
    const open = { chunk, read: chunkHeaderBytes, unsettled: 0 };
    this.#open.push(open);
    this.#owners.set(chunk, open);
  }

  /** How many records wait, counting no further than `enough`. */
  count(enough: number): number {
    let count = 0;
    for (const { chunk, read } of this.#open) {
      const committed = Atomics.load(chunk.words, chunkWord.committed);
      for (let at = read; at < committed; at += readRecordLength(chunk.view, at)) {
        count += 1;
        if (count === enough) return count;
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

  /** Takes the oldest records, at most `maxRecords` and about `maxBytes`; null where none wait. */
  take(maxRecords: number, maxBytes: number): RecordBatch | null {
    const chunks: Chunk[] = [];
    const offsets: number[] = [];
    let bytes = 0;
    for (const open of this.#open) {
      const { chunk } = open;
      const committed = Atomics.load(chunk.words, chunkWord.committed);
      while (open.read < committed && offsets.length < maxRecords && bytes < maxBytes) {
        chunks.push(chunk);
        offsets.push(open.read);
        const length = readRecordLength(chunk.view, open.read);
        open.read += length;
        open.unsettled += 1;
        bytes += length;
      }
    }
    const count = offsets.length;
    if (count === 0) {
      this.#release();
      return null;
    }
    return {
      count,
      firstSeq: readRecordSeq(chunks[0]!.view, offsets[0]!),
      lastSeq: readRecordSeq(chunks[count - 1]!.view, offsets[count - 1]!),
      chunks,
      offsets,
    };
  }

  /** The batch needs no further attempt: its memory may be used again. */
  settle(batch: RecordBatch): void {
    for (const chunk of batch.chunks) {
      const open = this.#owners.get(chunk as Chunk);
      if (open !== undefined) open.unsettled -= 1;
    }
    this.#release();
  }

  #release(): void {
    for (let i = this.#open.length - 1; i >= 0; i -= 1) {
      const { chunk, read, unsettled } = this.#open[i]!;
      if (unsettled > 0 || Atomics.load(chunk.words, chunkWord.sealed) === 0) continue;
      if (read < Atomics.load(chunk.words, chunkWord.committed)) continue;
      this.#open.splice(i, 1);
      this.#owners.delete(chunk);
      Atomics.store(chunk.words, chunkWord.released, 1);
    }
  }
}
