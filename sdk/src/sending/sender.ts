import { addToCounter, controlCounter, controlWord, type ControlBlock } from "../recording/control-block.ts";
import { describeThrown } from "../recording/encode-any-value.ts";
import { Spool, type SpoolSettings } from "../spool/spool.ts";
import { startTimer, stopTimer, type Timer } from "../timers.ts";
import type { Backlog, RecordBatch } from "./backlog.ts";
import { Delivery, type SenderNotice, type Work } from "./deliver-batch.ts";
import { CarrierEncoder } from "./encode-carriers.ts";
import { MemoryBacklog } from "./memory-backlog.ts";
import type { PostTarget } from "./post-request.ts";
import { SourceReporter } from "./report-source.ts";
import type { SourceIdentity } from "./source-identity.ts";

export interface SenderSettings {
  readonly identity: SourceIdentity;
  readonly target: PostTarget;
  readonly maxBatchEvents: number;
  /** A batch ends at this size of its records. */
  readonly maxBatchBytes: number;
  /** Longest time that an event waits for others, in ms. */
  readonly batchDelayMs: number;
  /** Time without new events after which the source reports its last seq, in ms. */
  readonly reportDelayMs: number;
  /** Keep events on disk until they are acknowledged; null: in memory alone. */
  readonly spool: SpoolSettings | null;
}

/** How often a waiting sender looks whether a batch is full, in ms. */
const lookIntervalMs = 50;
/** The same where events go to the disk: a `kill -9` loses what was recorded since. */
const spoolIntervalMs = 10;
/** Pause after an error that nobody expected, in ms. */
const pauseAfterErrorMs = 1000;

/**
 * Takes recorded events, sends them in batches, and settles each only when the receiver has
 * acknowledged or refused it. Runs in the worker, or in the product's thread where there is none.
 */
export class Sender {
  readonly #settings: SenderSettings;
  readonly #notify: (notice: SenderNotice) => void;
  readonly #control: ControlBlock;
  readonly #number: number;
  readonly #backlog = new MemoryBacklog(() => this.#isCurrent());
  readonly #encoder: CarrierEncoder;
  readonly #adoptedEncoders = new WeakMap<Backlog, CarrierEncoder>();
  readonly #delivery: Delivery;
  readonly #reporter: SourceReporter;
  readonly #spool: Spool | null;
  readonly #inFlight = new Set<Work>();
  /** Batches that the disk refused: sent out of memory. */
  readonly #refusedByDisk: RecordBatch[] = [];
  readonly #waiters: { readonly seq: number; readonly resolve: () => void }[] = [];
  #waitingSince: number | null = null;
  #timer: Timer = null;
  #closed = false;

  /** @param number this sender's number in the control block; as soon as another stands there, it takes nothing */
  constructor(settings: SenderSettings, control: ControlBlock, number: number, notify: (notice: SenderNotice) => void) {
    const { identity, target, reportDelayMs, spool } = settings;
    this.#settings = settings;
    this.#notify = notify;
    this.#control = control;
    this.#number = number;
    const encoder = new CarrierEncoder(identity);
    const delivery = new Delivery(target, control, notify);
    this.#encoder = encoder;
    this.#delivery = delivery;
    this.#reporter = new SourceReporter(control, reportDelayMs, async (lastSeq, dropped) => {
      const body = encoder.encodeReport(lastSeq, dropped, Date.now());
      return (await delivery.post(identity.signal, body)) !== null;
    });
    const warn = (key: string, message: string): void => notify({ level: "warn", key, message });
    this.#spool = spool === null ? null : new Spool(spool, identity, warn, () => this.wake());
  }

  /** Memory that may hold events; `wake` has to follow. */
  addChunk(memory: SharedArrayBuffer): void {
    this.#backlog.addChunk(memory);
  }

  /** Something may have been recorded. */
  wake(): void {
    if (this.#isOver()) return;
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
    this.#delivery.hurry();
    this.#store();
    this.#spool?.sync();
    await this.flush(this.#control.counters[controlCounter.lastSeq] ?? 0);
    await this.#reporter.report();
    this.#spool?.removeEmpty();
  }

  /** Stops timers and connections; what is not settled stays in the queue. */
  close(): void {
    this.#closed = true;
    stopTimer(this.#timer);
    this.#reporter.close();
    this.#delivery.close();
    this.#spool?.close();
  }

  /** In the product's own thread, whatever went wrong in here would end the process. */
  #pump(): void {
    try {
      this.#sendWhatIsDue();
    } catch (error) {
      const message = `sending business events failed, they wait and are tried again: ${describeThrown(error)}`;
      this.#notify({ level: "error", key: message, message });
      this.#timer ??= startTimer(pauseAfterErrorMs, () => {
        this.#timer = null;
        this.#pump();
      });
    }
  }

  #sendWhatIsDue(): void {
    if (this.#isOver()) return;
    this.#store();
    while (this.#inFlight.size < this.#delivery.lanes) {
      const work = this.#takeDueWork();
      if (work === null) break;
      this.#inFlight.add(work);
      void this.#delivery.deliver(work).then((settled) => {
        this.#inFlight.delete(work);
        // Another sender has these records now; their memory is not ours to give back.
        if (!settled || this.#isOver()) return;
        work.backlog.settle(work.batch);
        if (!work.own) this.#spool?.removeFinished();
        this.#pump();
      });
    }
    this.#countUnreadable();
    this.#resolveWaiters();
    this.#scheduleNextLook();
  }

  /** Closed, or replaced: what is left belongs to another sender. */
  #isOver(): boolean {
    return this.#closed || !this.#isCurrent();
  }

  #isCurrent(): boolean {
    return Atomics.load(this.#control.words, controlWord.sender) === this.#number;
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

  /** What the disk gives back no more will never be sent: it counts as dropped. */
  #countUnreadable(): void {
    const unreadable = this.#spool?.takeUnreadable() ?? 0;
    if (unreadable > 0) addToCounter(this.#control, controlCounter.refused, unreadable);
  }

  #takeDueWork(): Work | null {
    const { maxBatchEvents, maxBatchBytes, batchDelayMs, identity } = this.#settings;
    for (const adopted of this.#spool?.adopted ?? []) {
      const { backlog } = adopted;
      const batch = backlog.take(maxBatchEvents, maxBatchBytes);
      if (batch === null) continue;
      let encoder = this.#adoptedEncoders.get(backlog);
      if (encoder === undefined) {
        encoder = new CarrierEncoder(adopted.identity);
        this.#adoptedEncoders.set(backlog, encoder);
      }
      return { batch, backlog, encoder, signal: adopted.identity.signal, own: false };
    }
    const own = { encoder: this.#encoder, signal: identity.signal, own: true };
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
      count >= maxBatchEvents ||
      this.#delivery.isHurried ||
      this.#waiters.length > 0 ||
      now - this.#waitingSince >= batchDelayMs;
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
    const inMemory = this.#backlog.count(enough - onDisk, this.#settings.maxBatchBytes);
    return onDisk + inMemory + this.#refusedByDisk.length;
  }

  #scheduleNextLook(): void {
    if (this.#timer !== null || this.#closed) return;
    const adopted = (this.#spool?.adopted.length ?? 0) > 0;
    if (!adopted && this.#waitingCount(1) === 0 && this.#inFlight.size === 0) {
      this.#reporter.schedule();
      Atomics.store(this.#control.words, controlWord.asleep, 1);
      // An event recorded before the store above has woken nobody.
      if (this.#backlog.count(1) === 0) return;
      Atomics.store(this.#control.words, controlWord.asleep, 0);
    }
    const interval = this.#spool === null ? lookIntervalMs : spoolIntervalMs;
    // An event that has to wait for a free lane is taken when that is free, however short its delay is.
    const isBusy = this.#inFlight.size >= this.#delivery.lanes;
    this.#timer = startTimer(isBusy ? interval : Math.min(interval, this.#settings.batchDelayMs), () => {
      this.#timer = null;
      this.#pump();
    });
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
}
