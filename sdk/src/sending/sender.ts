import { addToCounter, controlCounter, controlWord, type ControlBlock } from "../recording/control-block.ts";
import { CarrierEncoder } from "./encode-carriers.ts";
import { Spool, type SpoolSettings } from "../spool/spool.ts";
import type { Backlog, RecordBatch } from "./backlog.ts";
import { MemoryBacklog } from "./memory-backlog.ts";
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
  /** Keep events on disk until they are acknowledged; null: in memory alone. */
  readonly spool: SpoolSettings | null;
}

/** A batch on its way: where it came from, and who encodes and sends it. */
interface Work {
  readonly batch: RecordBatch;
  readonly backlog: Backlog;
  readonly encoder: CarrierEncoder;
  readonly poster: OtlpPoster;
  /** Of this source, not of a dead process. */
  readonly own: boolean;
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
/** The same where events go to the disk: a `kill -9` loses what was recorded since. */
const spoolIntervalMs = 10;
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
  readonly #otherPosters = new Map<string, OtlpPoster>();
  readonly #adoptedEncoders = new WeakMap<Backlog, CarrierEncoder>();
  readonly #spool: Spool | null;
  readonly #inFlight = new Set<Work>();
  /** Batches that the disk refused: sent out of memory. */
  readonly #refusedByDisk: RecordBatch[] = [];
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
    this.#spool =
      settings.spool === null
        ? null
        : new Spool(
            settings.spool,
            settings.identity,
            (key, message) => this.#warn(key, message),
            () => this.wake(),
          );
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
    this.#store();
    this.#spool?.sync();
    await this.flush(this.#control.counters[controlCounter.lastSeq] ?? 0);
    await this.report();
    this.#spool?.removeEmpty();
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
    this.#spool?.close();
    this.#poster.close();
    for (const poster of this.#otherPosters.values()) poster.close();
  }

  #pump(): void {
    if (this.#closed) return;
    this.#store();
    while (this.#inFlight.size < this.#lanes) {
      const work = this.#takeDueWork();
      if (work === null) break;
      this.#inFlight.add(work);
      void this.#deliverRange(work, 0, work.batch.count).then((settled) => {
        this.#inFlight.delete(work);
        if (!settled) return;
        work.backlog.settle(work.batch);
        if (!work.own) this.#spool?.removeFinished();
        this.#resolveWaiters();
        this.#pump();
      });
    }
    this.#resolveWaiters();
    this.#scheduleNextLook();
  }

  /** Memory to disk, where there is a disk. */
  #store(): void {
    if (this.#spool === null) return;
    const { storedSeq, refused } = this.#spool.store(this.#backlog);
    if (storedSeq > 0) this.#control.counters[controlCounter.storedSeq] = storedSeq;
    const syncedSeq = this.#spool.own?.syncedSeq ?? 0;
    if (syncedSeq > 0) this.#control.counters[controlCounter.syncedSeq] = syncedSeq;
    if (refused !== null) this.#refusedByDisk.push(refused);
  }

  #takeDueWork(): Work | null {
    const { maxBatchEvents, batchDelayMs } = this.#settings;
    for (const { backlog, identity } of this.#spool?.adopted ?? []) {
      const batch = backlog.take(maxBatchEvents, maxBatchBytes);
      if (batch === null) continue;
      const poster = this.#posterOf(identity.signal);
      let encoder = this.#adoptedEncoders.get(backlog);
      if (encoder === undefined) {
        encoder = new CarrierEncoder(identity);
        this.#adoptedEncoders.set(backlog, encoder);
      }
      return { batch, backlog, encoder, poster, own: false };
    }
    const own = { encoder: this.#encoder, poster: this.#poster, own: true };
    const refused = this.#refusedByDisk.shift();
    if (refused !== undefined) return { batch: refused, backlog: this.#backlog, ...own };

    const count = this.#waitingCount(maxBatchEvents);
    if (count === 0) {
      this.#waitingSince = null;
      this.#backlog.releaseSettled();
      return null;
    }
    const now = performance.now();
    this.#waitingSince ??= now;
    const due =
      count >= maxBatchEvents || this.#exiting || this.#waiters.length > 0 || now - this.#waitingSince >= batchDelayMs;
    if (!due) return null;
    this.#waitingSince = null;
    for (const backlog of [this.#spool?.own, this.#backlog]) {
      const batch = backlog?.take(maxBatchEvents, maxBatchBytes);
      if (backlog && batch) return { batch, backlog, ...own };
    }
    return null;
  }

  /** Events of this source that wait, counting no further than `enough`. */
  #waitingCount(enough: number): number {
    const onDisk = this.#spool?.own?.count(enough) ?? 0;
    return onDisk + this.#backlog.count(enough - onDisk) + this.#refusedByDisk.length;
  }

  #posterOf(signal: SourceIdentity["signal"]): OtlpPoster {
    if (signal === this.#settings.identity.signal) return this.#poster;
    let poster = this.#otherPosters.get(signal);
    if (poster === undefined) {
      const { target } = this.#settings;
      const url = target.url.replace(/\/v1\/(?:traces|logs)$/, `/v1/${signal}`);
      poster = new OtlpPoster({ ...target, url });
      this.#otherPosters.set(signal, poster);
    }
    return poster;
  }

  #scheduleNextLook(): void {
    if (this.#timer !== null || this.#closed) return;
    const adopted = (this.#spool?.adopted.length ?? 0) > 0;
    if (!adopted && this.#waitingCount(1) === 0 && this.#inFlight.size === 0) {
      this.#scheduleReport();
      Atomics.store(this.#control.words, controlWord.asleep, 1);
      // An event recorded before the store above has woken nobody.
      if (this.#backlog.count(1) === 0) return;
      Atomics.store(this.#control.words, controlWord.asleep, 0);
    }
    const interval = this.#spool === null ? lookIntervalMs : spoolIntervalMs;
    const delay = Math.min(interval, this.#settings.batchDelayMs);
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
    const outcome = await this.#postUntilSettled(this.#poster, body);
    if (outcome !== null) this.#reported = counts;
  }

  /** Sends records `from` to `to` of a batch; false where the sender was closed before. */
  async #deliverRange(work: Work, from: number, to: number): Promise<boolean> {
    const body = work.encoder.encodeBatch(work.batch, from, to);
    const outcome = await this.#postUntilSettled(work.poster, body);
    if (outcome === null) return false;
    const count = to - from;
    if (outcome.kind === "accepted") {
      if (work.own) addToCounter(this.#control, controlCounter.sent, count);
      if (outcome.partial !== null) {
        const { rejected, message } = outcome.partial;
        if (work.own) addToCounter(this.#control, controlCounter.rejected, rejected);
        this.#warn(`partial:${message}`, `the receiver rejected ${rejected} events: ${message}`);
      }
      return true;
    }
    if (count === 1) {
      if (work.own) addToCounter(this.#control, controlCounter.refused, 1);
      this.#notify({
        level: "error",
        key: `refused:${outcome.reason}`,
        message: `an event was refused for good and is counted as dropped: ${outcome.reason}`,
      });
      return true;
    }
    const middle = from + Math.floor(count / 2);
    return (await this.#deliverRange(work, from, middle)) && (await this.#deliverRange(work, middle, to));
  }

  /** Tries until the receiver has taken or refused the request; null where the sender was closed. */
  async #postUntilSettled(
    poster: OtlpPoster,
    body: Uint8Array,
  ): Promise<Exclude<PostOutcome, { kind: "retry" }> | null> {
    for (let failures = 0; ;) {
      if (this.#closed) return null;
      const outcome = await poster.post(body);
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
    let unsettled = Math.min(this.#backlog.nextSeq, this.#spool?.own?.nextSeq ?? Infinity);
    for (const { firstSeq } of this.#refusedByDisk) unsettled = Math.min(unsettled, firstSeq);
    for (const { own, batch } of this.#inFlight) {
      if (own) unsettled = Math.min(unsettled, batch.firstSeq);
    }
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
