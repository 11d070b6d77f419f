import { closeSync, existsSync, fsync, fsyncSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { privateFile } from "./spool-folder.ts";
import { startTimer, stopTimer, type Timer } from "../timers.ts";

/** What was written is on the disk after this time, in ms. */
const fsyncDelayMs = 100;

/** The folder was taken over by another process, or removed: nothing that is written there is ours any more. */
export class FolderGoneError extends Error {
  override readonly name = "FolderGoneError";
  constructor(file: string) {
    super(`${file} is not there any more: its folder was removed, or taken over by another process`);
  }
}

/** Appends to one segment at a time, and knows how far fsync has reached. */
export class SegmentWriter {
  #file: number | null = null;
  #path = "";
  #syncing: Timer = null;
  #writtenSeq = 0;
  #syncedSeq = 0;

  /** A segment is open; false if the next write has to begin one. */
  get isOpen(): boolean {
    return this.#file !== null;
  }

  /** Highest sequence number that was appended and that fsync has reached; 0 before. */
  get syncedSeq(): number {
    return this.#syncedSeq;
  }

  /** Begins a new segment; the one before is on the disk then. Throws the disk's error. */
  begin(path: string): void {
    // No timer comes back to a segment that is full.
    this.sync();
    this.close();
    this.#file = openSync(path, "wx", privateFile);
    this.#path = path;
  }

  /**
   * Writes frames at `offset`, the end of the segment. After it they outlive the process; within 100 ms,
   * the machine.
   * @throws the error of the disk, and nothing is written then; FolderGoneError if the folder is no
   * longer ours: whether somebody else will send the frames is not known then
   */
  append(frames: Uint8Array, offset: number, lastSeq: number): void {
    const file = this.#file;
    if (file === null) throw new Error("no segment was begun");
    try {
      for (let at = 0; at < frames.length;) {
        at += writeSync(file, frames, at, frames.length - at, offset + at);
      }
    } catch (error) {
      ftruncateSync(file, offset);
      throw error;
    }
    // Behind the write: whoever takes the folder over after this look has seen the frames.
    if (!existsSync(this.#path)) throw new FolderGoneError(this.#path);
    this.#writtenSeq = lastSeq;
    this.#scheduleSync(file);
  }

  /** Waits until everything written is on the disk. */
  sync(): void {
    stopTimer(this.#syncing);
    this.#syncing = null;
    if (this.#file === null) return;
    fsyncSync(this.#file);
    this.#syncedSeq = this.#writtenSeq;
  }

  close(): void {
    stopTimer(this.#syncing);
    this.#syncing = null;
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #scheduleSync(file: number): void {
    if (this.#syncing !== null) return;
    this.#syncing = startTimer(fsyncDelayMs, () => {
      this.#syncing = null;
      if (this.#file !== file) return;
      const reached = this.#writtenSeq;
      fsync(file, (error) => {
        if (error === null) this.#syncedSeq = Math.max(this.#syncedSeq, reached);
      });
    });
  }
}
