import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import type { InheritedConfig } from "../resolve-config.ts";

/**
 * Where threads of a process find the sender of its main thread. Threads that start later get it as environment data;
 * the others hear of it (`thread-channels.ts`). The number is that of this interface.
 */
const key = "@spanledger/sdk.threads.2";

const stateWord = {
  /** 1 while a sender in the main thread takes sources of other threads. */
  open: 0,
  /** How often a source of another thread was announced. */
  announced: 1,
  /** Events of other threads that are neither settled nor on the disk. */
  pending: 2,
  /** Memory that the events of other threads take together, in KiB. */
  heldKib: 3,
  /** Events of other threads that were dropped because together they took too much. */
  dropped: 4,
} as const;

/** What the main thread gives to all others. */
export interface MeetingPoint {
  readonly state: SharedArrayBuffer;
  /** For threads in which nobody starts the SDK; null if they cannot do as the main thread does. */
  readonly config: InheritedConfig | null;
}

/** The shared words of a meeting point. */
export class MeetingState {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(memory = new SharedArrayBuffer(4 * Object.keys(stateWord).length)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
  }

  get isOpen(): boolean {
    return Atomics.load(this.#words, stateWord.open) === 1;
  }

  set isOpen(open: boolean) {
    Atomics.store(this.#words, stateWord.open, open ? 1 : 0);
  }

  /** A source of another thread was announced at some time. */
  get isUsed(): boolean {
    return Atomics.load(this.#words, stateWord.announced) > 0;
  }

  countAnnouncement(): void {
    Atomics.add(this.#words, stateWord.announced, 1);
  }

  get pending(): number {
    return Atomics.load(this.#words, stateWord.pending);
  }

  set pending(count: number) {
    Atomics.store(this.#words, stateWord.pending, count);
  }

  /** Memory that the events of all other threads take together; whole KiB. */
  get heldBytes(): number {
    return Atomics.load(this.#words, stateWord.heldKib) * 1024;
  }

  set heldBytes(bytes: number) {
    Atomics.store(this.#words, stateWord.heldKib, Math.ceil(bytes / 1024));
  }

  /** Events that threads have dropped because of it. */
  get dropped(): number {
    return Atomics.load(this.#words, stateWord.dropped);
  }

  countDrop(): void {
    Atomics.add(this.#words, stateWord.dropped, 1);
  }
}

/** Tells threads that start from here on. */
export function publishMeetingPoint(point: MeetingPoint): void {
  setEnvironmentData(key, point);
}

/** What the main thread had published when this thread was started. */
export function readMeetingPoint(): MeetingPoint | null {
  const point = getEnvironmentData(key) as unknown as MeetingPoint | undefined;
  return point ?? null;
}
