/** What the product's thread and the sender share, so that exit can wait without a message. */

/** Indices into the Int32Array over the control block. */
export const controlWord = {
  /** 1 while the sender waits for a wake-up; whoever records next sets 0 and wakes it. */
  asleep: 0,
  /** Number of the sender that may take events; one that finds another number here has been replaced. */
  sender: 1,
  /** Highest number of a `finish` that the sender is done with; the exit handler waits on it. */
  done: 2,
} as const;

/** Indices into the Float64Array of counters, integers below 2^53; each only grows. */
export const controlCounter = {
  /** Written by the product's thread: highest sequence number given out. */
  lastSeq: 0,
  /** Written by the product's thread: events dropped because the queue was full. */
  dropped: 1,
  /** Written by the sender: events that the receiver has acknowledged. */
  sent: 2,
  /** Written by the sender: events refused for good (400 or 413 for the event alone). */
  refused: 3,
  /** Written by the sender: events that a 2xx answer reported as rejected (`partial_success`). */
  rejected: 4,
  /** Written by the sender: attempts that failed and were, or will be, repeated. */
  failedAttempts: 5,
  /** Written by the sender: highest sequence number that is in the spool. */
  storedSeq: 6,
  /** Written by the sender: highest sequence number of the spool that fsync has reached. */
  syncedSeq: 7,
  /** Written by the sender: highest sequence number that the receiver has been told of in a report. */
  reportedSeq: 8,
  /** Written by the sender: drops that the receiver has been told of in a report. */
  reportedDropped: 9,
  /** Written by the sender: events that it has begun to send. */
  begun: 10,
} as const;

const countersOffset = 64;

export interface ControlBlock {
  readonly memory: SharedArrayBuffer;
  readonly words: Int32Array;
  /** One writer for each; a reader on the other side sees it after the next atomic operation. */
  readonly counters: Float64Array;
}

/** Views over a control block, on either side. */
export function openControlBlock(memory: SharedArrayBuffer): ControlBlock {
  return {
    memory,
    words: new Int32Array(memory, 0, countersOffset / 4),
    counters: new Float64Array(memory, countersOffset),
  };
}

export function createControlBlock(): ControlBlock {
  return openControlBlock(new SharedArrayBuffer(countersOffset + 128));
}

/** Events of this source that are neither acknowledged, dropped nor refused. */
export function countPending({ counters }: ControlBlock, lastSeq: number): number {
  const settled =
    (counters[controlCounter.sent] ?? 0) +
    (counters[controlCounter.refused] ?? 0) +
    (counters[controlCounter.dropped] ?? 0);
  return Math.max(0, lastSeq - settled);
}

/** The sender has a request on its way; events that wait may be taken from it without sending any twice. */
export function isUnderWay({ counters }: ControlBlock): boolean {
  const settled = (counters[controlCounter.sent] ?? 0) + (counters[controlCounter.refused] ?? 0);
  return (counters[controlCounter.begun] ?? 0) > settled;
}

export function addToCounter(control: ControlBlock, counter: number, amount: number): void {
  control.counters[counter] = (control.counters[counter] ?? 0) + amount;
}
