import { sharedChunkBytes } from "./event-data-arena.ts";

/** As much as four senders have under way: 16 MiB. */
const maxFree = 64;

/** Chunks that no event lies in. */
const free: Buffer[] = [];
/**
 * Rows of a chunk that are still needed; below zero while rows are written to it, because they are counted at its end. A chunk with rows that
 * are never given back is the garbage collector's.
 */
const rowsLeft = new WeakMap<Buffer, number>();

/**
 * Memory for rows, at least `bytes`. It is used again and again: V8 counts it beside its heap, and every 30 MB of it made the garbage
 * collector visit the whole heap.
 */
export function takeChunk(bytes: number): Buffer {
  if (bytes > sharedChunkBytes) return Buffer.allocUnsafeSlow(bytes);
  return free.pop() ?? Buffer.allocUnsafeSlow(sharedChunkBytes);
}

/** Ends the writing to a chunk. */
export function closeChunk(chunk: Buffer, rows: number): void {
  countRows(chunk, rows);
}

/** The rows of these events are not read any more: other events may be written in their place. Once for each event. */
export function giveRowsBack(events: readonly { readonly rows: Buffer }[]): void {
  for (let i = 0; i < events.length;) {
    const { rows } = events[i]!;
    const first = i;
    while (i < events.length && events[i]!.rows === rows) i++;
    countRows(rows, first - i);
  }
}

function countRows(chunk: Buffer, rows: number): void {
  const left = (rowsLeft.get(chunk) ?? 0) + rows;
  if (left !== 0) rowsLeft.set(chunk, left);
  else {
    rowsLeft.delete(chunk);
    if (chunk.length === sharedChunkBytes && free.length < maxFree) free.push(chunk);
  }
}
