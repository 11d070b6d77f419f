import type { BatchWriter } from "./batch-writer.ts";

/**
 * While one writer is busy, fewer events than these wait for it: they cost less in its next transaction
 * than in one of their own, which would wait for the same hot rows (measured with single events over 64
 * connections).
 */
const eventsForAnotherWriter = 512;
/** A transaction that takes longer may wait for a host that is gone: nobody waits for it any more. */
const slowMs = 1_000;
/** COPY of a full batch takes a fifth of this. One that takes longer may wait for another receiver's locks. */
const slowCopyMs = 250;
/** How often a writer is looked at that may have become slow. */
export const slowCheckMs = slowCopyMs;
/**
 * `idle`: nothing to do. `copying`: a batch is in its transaction, and its events are not written yet. `committing`: they
 * are. `gathering`: it waits a few milliseconds for the requests that follow those which it has just answered. `checking`: a probe asks
 * whether a batch could begin.
 */
export type WriterState = "idle" | "copying" | "committing" | "gathering" | "checking";

export interface Writer {
  readonly batches: BatchWriter;
  state: WriterState;
  /** Events of the transaction under way. */
  events: number;
  /** When the transaction began, and when its oldest request came, by performance.now(). */
  begunMs: number;
  oldestMs: number;
}

/**
 * While one writer is busy, the other waits until as many events wait as are under way. A writer that took what
 * there is at once would have small transactions beside large ones, each with the fixed cost of a transaction
 * (with ten requests of 512 events under way, batches even out at five requests each: 13 % less CPU an event).
 *
 * One writer copies at a time, the other merges and counts meanwhile: two at once write to the same pages of the same
 * indexes, and a batch that waits for its turn is a full one.
 * @param writer the one that would begin it
 * @param waitingEvents events and rejections that wait
 */
export function isWorthATransaction(
  writer: Writer,
  writers: readonly Writer[],
  waitingEvents: number,
  batchMaxEvents: number,
): boolean {
  const now = performance.now();
  const others = writers.filter((other) => other !== writer);
  if (others.some(({ state, begunMs }) => state === "copying" && begunMs > now - slowCopyMs)) return false;
  const busy = others.filter(
    ({ state, begunMs }) => state === "gathering" || (isInTransaction(state) && begunMs > now - slowMs),
  );
  if (busy.length === 0) return true;
  const committing = busy.reduce((sum, { events }) => sum + events, 0);
  return waitingEvents >= Math.min(batchMaxEvents / 2, Math.max(eventsForAnotherWriter, committing));
}

/** Whether a writer's batch is in its transaction. */
export function isInTransaction(state: WriterState): boolean {
  return state === "copying" || state === "committing";
}
