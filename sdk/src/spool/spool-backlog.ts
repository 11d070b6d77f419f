import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Backlog, RecordBatch } from "../sending/backlog.ts";
import { decodeFrames, encodeFrames } from "./segment-frames.ts";
import { privateFile } from "./spool-folder.ts";
import { FolderGoneError, SegmentWriter } from "./segment-writer.ts";

/** A segment ends at this size; the smaller, the sooner its disk space is free again. */
const segmentBytes = 4 * 1024 * 1024;
/** How much is read at a time. */
const pieceBytes = 1024 * 1024;
const progressFile = "progress";

interface Segment {
  readonly number: number;
  /** Bytes of whole frames in the file. */
  size: number;
  /** Records in it that nobody has taken. */
  waiting: number;
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
  readonly #writer = new SegmentWriter();
  #readSegment = 0;
  #readOffset = 0;
  #lastTakenSeq = 0;
  #nextNumber = 1;
  #abandoned = false;
  /** Files that ended in a damaged frame when the folder was opened. */
  damagedSegments = 0;
  /** Records that were in the folder and can no longer be read; whoever reports them sets it to 0. */
  unreadable = 0;

  /** Opens a folder with whatever a sender before left in it. */
  constructor(folder: string) {
    this.folder = folder;
    const numbers = readdirSync(folder)
      .filter((name) => name.endsWith(".seg"))
      .map((name) => Number.parseInt(name, 10))
      .toSorted((a, b) => a - b);
    const progress = this.#readProgress();
    // A lower number than that of the progress would look settled.
    this.#nextNumber = progress.segment + 1;
    for (const number of numbers) {
      if (number < progress.segment) {
        rmSync(this.#path(number), { force: true });
        continue;
      }
      const skip = number === progress.segment ? progress.offset : 0;
      const { offsets, length, damaged } = decodeFrames(readFileSync(this.#path(number)).subarray(skip));
      if (damaged) this.damagedSegments += 1;
      this.#segments.push({ number, size: skip + length, waiting: offsets.length });
      this.#nextNumber = number + 1;
    }
    this.#readSegment = this.#segments[0]?.number ?? this.#nextNumber;
    this.#readOffset = this.#readSegment === progress.segment ? progress.offset : 0;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** Highest sequence number that this process has appended and that fsync has reached; 0 before. */
  get syncedSeq(): number {
    return this.#writer.syncedSeq;
  }

  /** Nothing waits and nothing is on its way. */
  get isEmpty(): boolean {
    return this.#waiting === 0 && this.#taken.size === 0;
  }

  get nextSeq(): number {
    return this.#waiting === 0 ? Infinity : this.#lastTakenSeq + 1;
  }

  get #waiting(): number {
    return this.#segments.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  count(enough: number): number {
    return Math.min(enough, this.#waiting);
  }

  /** Writes the records of a batch behind the others. Throws what `SegmentWriter.append` throws. */
  append(batch: RecordBatch): void {
    const frames = encodeFrames(batch.chunks, batch.offsets);
    let last = this.#segments.at(-1);
    if (!this.#writer.isOpen || last === undefined || last.size >= segmentBytes) {
      last = { number: this.#nextNumber, size: 0, waiting: 0 };
      this.#writer.begin(this.#path(last.number));
      this.#nextNumber += 1;
      this.#segments.push(last);
      if (this.#segments.length === 1) {
        this.#readSegment = last.number;
        this.#readOffset = 0;
      }
    }
    try {
      this.#writer.append(frames, last.size, batch.lastSeq);
    } catch (error) {
      if (error instanceof FolderGoneError) this.#giveUp(last);
      throw error;
    }
    last.size += frames.length;
    last.waiting += batch.count;
  }

  take(maxRecords: number, maxBytes: number): RecordBatch | null {
    for (;;) {
      const segment = this.#segments.find(({ number }) => number >= this.#readSegment);
      if (segment === undefined) return null;
      if (segment.number > this.#readSegment) {
        this.#readSegment = segment.number;
        this.#readOffset = 0;
      }
      const batch = segment.waiting === 0 ? null : this.#readBatch(segment, maxRecords, Math.min(maxBytes, pieceBytes));
      if (batch !== null) return batch;
      if (segment.waiting > 0) this.#giveUp(segment);
      else if (segment === this.#segments.at(-1)) return null;
      this.#readSegment = segment.number + 1;
      this.#readOffset = 0;
    }
  }

  settle(batch: RecordBatch): void {
    this.#taken.delete(batch);
    if (this.#abandoned) return;
    let first: Taken = { segment: this.#readSegment, offset: this.#readOffset };
    for (const taken of this.#taken.values()) {
      const earlier = taken.segment < first.segment || (taken.segment === first.segment && taken.offset < first.offset);
      if (earlier) first = taken;
    }
    try {
      this.#deleteBefore(this.isEmpty ? Infinity : first.segment);
      if (!this.isEmpty)
        writeFileSync(join(this.folder, progressFile), `${first.segment} ${first.offset}`, { mode: privateFile });
    } catch {
      // A full disk, or no folder any more: after a crash more is sent again, under the same ids.
    }
  }

  /** The folder is not there any more: what waits in it is unreadable, and nothing in its place is touched. */
  abandon(): void {
    for (const segment of this.#segments.splice(0)) this.#giveUp(segment);
    this.#writer.close();
    this.#abandoned = true;
  }

  /** Waits until everything written is on the disk. */
  sync(): void {
    this.#writer.sync();
  }

  close(): void {
    this.#writer.close();
  }

  /** Null if the rest of the segment holds no whole, valid record, or cannot be read. */
  #readBatch(segment: Segment, maxRecords: number, maxBytes: number): RecordBatch | null {
    // A record is at most a fifth of the piece, so that one always fits.
    const length = Math.min(Math.max(maxBytes, pieceBytes), segment.size - this.#readOffset);
    if (length <= 0) return null;
    const piece = Buffer.allocUnsafe(length);
    try {
      const file = openSync(this.#path(segment.number), "r");
      try {
        readSync(file, piece, 0, length, this.#readOffset);
      } finally {
        closeSync(file);
      }
    } catch {
      return null;
    }
    const { view, offsets, seqs } = decodeFrames(piece);
    const count = Math.min(offsets.length, maxRecords);
    if (count === 0) return null;
    const place = { bytes: piece, view };
    const last = offsets[count - 1]!;
    const end = last + view.getUint32(last, true);
    const batch: RecordBatch = {
      count,
      bytes: end - offsets[0]!,
      firstSeq: seqs[0]!,
      lastSeq: seqs[count - 1]!,
      chunks: Array.from({ length: count }, () => place),
      offsets: offsets.slice(0, count),
    };
    this.#taken.set(batch, { segment: segment.number, offset: this.#readOffset });
    this.#readOffset += end;
    segment.waiting -= count;
    this.#lastTakenSeq = batch.lastSeq;
    return batch;
  }

  /** What was written and does not come back: counted, and never asked for again. */
  #giveUp(segment: Segment): void {
    this.unreadable += segment.waiting;
    segment.waiting = 0;
    // What comes goes into another file.
    if (segment === this.#segments.at(-1)) this.#writer.close();
  }

  #deleteBefore(number: number): void {
    while (this.#segments.length > 0 && this.#segments[0]!.number < number) {
      const segment = this.#segments.shift()!;
      if (this.#segments.length === 0) this.#writer.close();
      rmSync(this.#path(segment.number), { force: true });
    }
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

  #path(number: number): string {
    return join(this.folder, `${String(number).padStart(9, "0")}.seg`);
  }
}
