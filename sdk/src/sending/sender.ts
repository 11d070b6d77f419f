import { addToCounter, controlCounter, controlWord, type ControlBlock } from "../recording/control-block.ts";
import { CarrierEncoder } from "./encode-carriers.ts";
import { MemoryBacklog, type RecordBatch } from "./memory-backlog.ts";
import { OtlpPoster, type PostOutcome, type PostTarget } from "./post-request.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { SourceIdentity } from "./source-identity.ts";

export interface SenderSettings {
  readonly identity: SourceIdentity;
  readonly target: PostTarget;
  readonly maxBatchEvents: number;
  /** Longest time that an event waits for others, in ms. */
  readonly batchDelayMs: number;
  /** Time without new events after which the source reports its last seq, in ms. */
  readonly reportDelayMs: number;
}

/** Something that the product should read, once. */
export interface SenderNotice {
  readonly level: "warn" | "error" | "info";
  /** Notices with the same key are shown once. */
  readonly key: string;
  readonly message: string;
}

/** Requests at a time while the receiver answers; after a failure it is one. */
const maxLanes = 4;
/** A batch ends at this size of its records, so that a request stays far below 4 MiB. */
const maxBatchBytes = 1024 * 1024;
/** How often a waiting sender looks whether a batch is full, in ms. */
const lookIntervalMs = 50;
/** Pause between attempts while the process waits at its exit, in ms. */
const exitRetryMs = 100;

/**
 * Takes recorded events, sends them in batches, and settles each only when the receiver has
 * acknowledged or refused it. Runs in the worker, or in the product's thread where there is none.
 */
export class Sender {
  readonly #settings: SenderSettings;
  readonly #control: ControlBlock;
  readonly #notify: (notice: SenderNotice) => void;
  readonly #backlog = new MemoryBacklog();
  readonly #encoder: CarrierEncoder;
  readonly #poster: OtlpPoster;
  readonly #inFlight = new Set<RecordBatch>();
  readonly #waiters: { readonly seq: number; readonly resolve: () => void }[] = [];
  readonly #sleepers = new Set<() => void>();
  #lanes = 1;
  #waitingSince: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reportTimer: NodeJS.Timeout | null = null;
  #reported = { lastSeq: 0, dropped: 0 };
  #reporting: Promise<void> | null = null;
  #exiting = false;
  #closed = false;

  constructor(settings: SenderSettings, control: ControlBlock, notify: (notice: SenderNotice) => void) {
    this.#settings = settings;
    this.#control = control;
    this.#notify = notify;
    this.#encoder = new CarrierEncoder(settings.identity);
    this.#poster = new OtlpPoster(settings.target);
  }

  addChunk(memory: SharedArrayBuffer): void {
    this.#backlog.addChunk(memory);
    this.wake();
  }

  /** Something may have been recorded. */
  wake(): void {
    if (this.#closed) return;
    Atomics.store(this.#control.words, controlWord.asleep, 0);
    this.#pump();
  }

  /** Resolves when every event up to this sequence number is settled. */
  flush(seq: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ seq, resolve });
      this.wake();
    });
  }

  /** Sends all that is there and the last report, with attempts in quick succession. */
  async finish(): Promise<void> {
    this.#exiting = true;
    this.#interruptPauses();
    await this.flush(this.#control.counters[controlCounter.lastSeq] ?? 0);
    await this.report();
  }

  /** Says how many events this source has given out and dropped; nothing where that is known. */
  report(): Promise<void> {
    this.#reporting ??= this.#sendReport().finally(() => {
      this.#reporting = null;
    });
    return this.#reporting;
  }

  /** Stops timers and connections; what is not settled stays in the queue. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#reportTimer !== null) clearTimeout(this.#reportTimer);
    this.#interruptPauses();
    this.#poster.close();
  }

  #pump(): void {
    if (this.#closed) return;
    while (this.#inFlight.size < this.#lanes) {
      const batch = this.#takeDueBatch();
      if (batch === null) break;
      this.#inFlight.add(batch);
      void this.#deliver(batch).then(() => {
        this.#inFlight.delete(batch);
        this.#backlog.settle(batch);
        this.#resolveWaiters();
        this.#pump();
      });
    }
    this.#resolveWaiters();
    this.#scheduleNextLook();
  }

  #takeDueBatch(): RecordBatch | null {
    const { maxBatchEvents, batchDelayMs } = this.#settings;
    const count = this.#backlog.count(maxBatchEvents);
    if (count === 0) {
      this.#waitingSince = null;
      // Taking nothing releases the chunks that were settled before they were sealed.
      return this.#backlog.take(maxBatchEvents, maxBatchBytes);
    }
    const now = performance.now();
    this.#waitingSince ??= now;
    const due =
      count >= maxBatchEvents || this.#exiting || this.#waiters.length > 0 || now - this.#waitingSince >= batchDelayMs;
    if (!due) return null;
    this.#waitingSince = null;
    return this.#backlog.take(maxBatchEvents, maxBatchBytes);
  }

  #scheduleNextLook(): void {
    if (this.#timer !== null || this.#closed) return;
    const waiting = this.#backlog.count(1) > 0;
    if (!waiting && this.#inFlight.size === 0) {
      this.#scheduleReport();
      Atomics.store(this.#control.words, controlWord.asleep, 1);
      // An event recorded before the store above has woken nobody.
      if (this.#backlog.count(1) === 0) return;
      Atomics.store(this.#control.words, controlWord.asleep, 0);
    }
    const delay = Math.min(lookIntervalMs, this.#settings.batchDelayMs);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#pump();
    }, delay);
  }

  #scheduleReport(): void {
    if (this.#reportTimer !== null) clearTimeout(this.#reportTimer);
    this.#reportTimer = null;
    if (this.#hasReported()) return;
    this.#reportTimer = setTimeout(() => void this.report(), this.#settings.reportDelayMs);
    this.#reportTimer.unref();
  }

  #hasReported(): boolean {
    const { lastSeq, dropped } = this.#ownCounts();
    return lastSeq === this.#reported.lastSeq && dropped === this.#reported.dropped;
  }

  #ownCounts(): { readonly lastSeq: number; readonly dropped: number } {
    const { counters } = this.#control;
    return {
      lastSeq: counters[controlCounter.lastSeq] ?? 0,
      dropped: (counters[controlCounter.dropped] ?? 0) + (counters[controlCounter.refused] ?? 0),
    };
  }

  async #sendReport(): Promise<void> {
    if (this.#hasReported()) return;
    const counts = this.#ownCounts();
    const body = this.#encoder.encodeReport(counts.lastSeq, counts.dropped, Date.now());
    const outcome = await this.#postUntilSettled(body);
    if (outcome !== null) this.#reported = counts;
  }

  async #deliver(batch: RecordBatch): Promise<void> {
    await this.#deliverRange(batch, 0, batch.count);
  }

  async #deliverRange(batch: RecordBatch, from: number, to: number): Promise<void> {
    const body = this.#encoder.encodeBatch(batch, from, to);
    const outcome = await this.#postUntilSettled(body);
    if (outcome === null) return;
    const count = to - from;
    if (outcome.kind === "accepted") {
      addToCounter(this.#control, controlCounter.sent, count);
      if (outcome.partial !== null) {
        addToCounter(this.#control, controlCounter.rejected, outcome.partial.rejected);
        const { rejected, message } = outcome.partial;
        this.#warn(`partial:${message}`, `the receiver rejected ${rejected} events: ${message}`);
      }
      return;
    }
    if (count === 1) {
      addToCounter(this.#control, controlCounter.refused, 1);
      this.#notify({
        level: "error",
        key: `refused:${outcome.reason}`,
        message: `an event was refused for good and is counted as dropped: ${outcome.reason}`,
      });
      return;
    }
    const middle = from + Math.floor(count / 2);
    await this.#deliverRange(batch, from, middle);
    await this.#deliverRange(batch, middle, to);
  }

  /** Tries until the receiver has taken or refused the request; null where the sender was closed. */
  async #postUntilSettled(body: Uint8Array): Promise<Exclude<PostOutcome, { kind: "retry" }> | null> {
    for (let failures = 0; ;) {
      if (this.#closed) return null;
      const outcome = await this.#poster.post(body);
      if (outcome.kind !== "retry") {
        this.#lanes = maxLanes;
        return outcome;
      }
      this.#lanes = 1;
      failures += 1;
      addToCounter(this.#control, controlCounter.failedAttempts, 1);
      const where = this.#settings.target.url;
      this.#warn(
        `retry:${outcome.reason}`,
        `${where} did not take business events, which wait and are tried again: ${outcome.reason}`,
      );
      const delay = retryDelayMs(failures, outcome.retryAfterMs, Math.random());
      await this.#pause(this.#exiting ? exitRetryMs : delay);
    }
  }

  /** Waits, but not beyond the beginning of an exit or the end of the sender. */
  #pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#sleepers.add(end);
    });
  }

  #interruptPauses(): void {
    for (const end of [...this.#sleepers]) end();
  }

  #resolveWaiters(): void {
    if (this.#waiters.length === 0) return;
    let unsettled = this.#backlog.nextSeq;
    for (const batch of this.#inFlight) unsettled = Math.min(unsettled, batch.firstSeq);
    for (let i = this.#waiters.length - 1; i >= 0; i -= 1) {
      const waiter = this.#waiters[i]!;
      if (waiter.seq >= unsettled) continue;
      this.#waiters.splice(i, 1);
      waiter.resolve();
    }
  }

  #warn(key: string, message: string): void {
    this.#notify({ level: "warn", key, message });
  }
}
