import {
  closeSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Backlog, RecordBatch } from "../sending/backlog.ts";
import { decodeFrames, encodeFrames } from "./segment-frames.ts";

/** A segment ends at this size; the smaller, the sooner its disk space is free again. */
const segmentBytes = 4 * 1024 * 1024;
/** How much is read at a time. */
const pieceBytes = 1024 * 1024;
/** What was written is on the disk after this time, in ms. */
const fsyncDelayMs = 100;
const progressFile = "progress";

interface Segment {
  readonly number: number;
  /** Bytes of whole frames in the file. */
  size: number;
}

interface Taken {
  readonly segment: number;
  readonly offset: number;
}

/** Events on disk, in one folder: appended, taken in order, deleted when they are settled. */
export class SpoolBacklog implements Backlog {
  readonly folder: string;
  readonly #segments: Segment[] = [];
  readonly #taken = new Map<RecordBatch, Taken>();
  /** The segment that is written, open; null where the next write begins one. */
  #writing: number | null = null;
  #syncing: NodeJS.Timeout | null = null;
  #readSegment = 0;
  #readOffset = 0;
  #waiting = 0;
  #lastTakenSeq = 0;
  #nextNumber = 1;
  #bytes = 0;
  #writtenSeq = 0;
  #syncedSeq = 0;
  /** Frames that could not be read any more. */
  damagedSegments = 0;

  /** Opens a folder with whatever a process before left in it. */
  constructor(folder: string) {
    this.folder = folder;
    const numbers = readdirSync(folder)
      .filter((name) => name.endsWith(".seg"))
      .map((name) => Number.parseInt(name, 10))
      .toSorted((a, b) => a - b);
    const progress = this.#readProgress();
    for (const number of numbers) {
      if (number < progress.segment) {
        unlinkSync(this.#path(number));
        continue;
      }
      const skip = number === progress.segment ? progress.offset : 0;
      const { offsets, length, damaged } = decodeFrames(readFileSync(this.#path(number)).subarray(skip));
      if (damaged) this.damagedSegments += 1;
      this.#segments.push({ number, size: skip + length });
      this.#bytes += statSync(this.#path(number)).size;
      this.#waiting += offsets.length;
      this.#nextNumber = number + 1;
    }
    this.#readSegment = this.#segments[0]?.number ?? this.#nextNumber;
    this.#readOffset = this.#readSegment === progress.segment ? progress.offset : 0;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Highest sequence number that this process has appended and that fsync has reached; 0 before. */
  get syncedSeq(): number {
    return this.#syncedSeq;
  }

  /** Nothing waits and nothing is on its way. */
  get isEmpty(): boolean {
    return this.#waiting === 0 && this.#taken.size === 0;
  }

  get nextSeq(): number {
    return this.#waiting === 0 ? Infinity : this.#lastTakenSeq + 1;
  }

  count(enough: number): number {
    return Math.min(enough, this.#waiting);
  }

  /**
   * Writes the records of a batch behind the others. After it they outlive the process; within 100 ms,
   * the machine.
   * @throws the error of the disk; the segment then ends where it ended before
   */
  append(batch: RecordBatch): void {
    const frames = encodeFrames(batch.chunks, batch.offsets);
    let last = this.#segments.at(-1);
    if (this.#writing === null || last === undefined || last.size >= segmentBytes) {
      // No timer comes back to a segment that is full.
      this.sync();
      this.#closeWriting();
      last = { number: this.#nextNumber, size: 0 };
      this.#writing = openSync(this.#path(last.number), "wx");
      this.#nextNumber += 1;
      this.#segments.push(last);
      if (this.#segments.length === 1) {
        this.#readSegment = last.number;
        this.#readOffset = 0;
      }
    }
    try {
      for (let at = 0; at < frames.length;) {
        at += writeSync(this.#writing, frames, at, frames.length - at, last.size + at);
      }
    } catch (error) {
      ftruncateSync(this.#writing, last.size);
      throw error;
    }
    last.size += frames.length;
    this.#bytes += frames.length;
    this.#waiting += batch.count;
    this.#writtenSeq = batch.lastSeq;
    this.#scheduleSync(this.#writing);
  }

  take(maxRecords: number, maxBytes: number): RecordBatch | null {
    for (;;) {
      const segment = this.#segments.find(({ number }) => number >= this.#readSegment);
      if (segment === undefined) return null;
      if (segment.number > this.#readSegment) {
        this.#readSegment = segment.number;
        this.#readOffset = 0;
      }
      const batch = this.#readBatch(segment, maxRecords, Math.min(maxBytes, pieceBytes));
      if (batch !== null) return batch;
      if (segment === this.#segments.at(-1)) return null;
      this.#readSegment = segment.number + 1;
      this.#readOffset = 0;
    }
  }

  settle(batch: RecordBatch): void {
    this.#taken.delete(batch);
    let first: Taken = { segment: this.#readSegment, offset: this.#readOffset };
    for (const taken of this.#taken.values()) {
      const earlier = taken.segment < first.segment || (taken.segment === first.segment && taken.offset < first.offset);
      if (earlier) first = taken;
    }
    if (this.isEmpty) this.#deleteBefore(Infinity);
    else {
      this.#deleteBefore(first.segment);
      writeFileSync(join(this.folder, progressFile), `${first.segment} ${first.offset}`);
    }
  }

  /** Waits until everything written is on the disk. */
  sync(): void {
    if (this.#syncing !== null) clearTimeout(this.#syncing);
    this.#syncing = null;
    if (this.#writing === null) return;
    fsyncSync(this.#writing);
    this.#syncedSeq = this.#writtenSeq;
  }

  close(): void {
    if (this.#syncing !== null) clearTimeout(this.#syncing);
    this.#closeWriting();
  }

  #readBatch(segment: Segment, maxRecords: number, maxBytes: number): RecordBatch | null {
    // A record is at most a fifth of the piece, so that one always fits.
    const length = Math.min(Math.max(maxBytes, pieceBytes), segment.size - this.#readOffset);
    if (length <= 0) return null;
    const piece = Buffer.allocUnsafe(length);
    const file = openSync(this.#path(segment.number), "r");
    try {
      readSync(file, piece, 0, length, this.#readOffset);
    } finally {
      closeSync(file);
    }
    const { view, offsets, seqs } = decodeFrames(piece);
    const count = Math.min(offsets.length, maxRecords);
    if (count === 0) return null;
    const place = { bytes: piece, view };
    const batch: RecordBatch = {
      count,
      firstSeq: seqs[0]!,
      lastSeq: seqs[count - 1]!,
      chunks: Array.from({ length: count }, () => place),
      offsets: offsets.slice(0, count),
    };
    this.#taken.set(batch, { segment: segment.number, offset: this.#readOffset });
    const last = offsets[count - 1]!;
    this.#readOffset += last + view.getUint32(last, true);
    this.#waiting -= count;
    this.#lastTakenSeq = batch.lastSeq;
    return batch;
  }

  #deleteBefore(number: number): void {
    while (this.#segments.length > 0 && this.#segments[0]!.number < number) {
      const segment = this.#segments.shift()!;
      if (this.#segments.length === 0) this.#closeWriting();
      unlinkSync(this.#path(segment.number));
    }
    if (this.#segments.length === 0) this.#bytes = 0;
    else this.#bytes = this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  #readProgress(): Taken {
    try {
      const [segment, offset] = readFileSync(join(this.folder, progressFile), "utf8").split(" ");
      const progress = { segment: Number(segment), offset: Number(offset) };
      if (Number.isSafeInteger(progress.segment) && Number.isSafeInteger(progress.offset)) {
        return progress;
      }
    } catch {
      // Nothing was settled yet: everything is sent.
    }
    return { segment: 0, offset: 0 };
  }

  #scheduleSync(file: number): void {
    if (this.#syncing !== null) return;
    this.#syncing = setTimeout(() => {
      this.#syncing = null;
      if (this.#writing !== file) return;
      const reached = this.#writtenSeq;
      fsync(file, (error) => {
        if (error === null) this.#syncedSeq = Math.max(this.#syncedSeq, reached);
      });
    }, fsyncDelayMs);
  }

  #closeWriting(): void {
    if (this.#writing !== null) closeSync(this.#writing);
    this.#writing = null;
  }

  #path(number: number): string {
    return join(this.folder, `${String(number).padStart(9, "0")}.seg`);
  }
}
