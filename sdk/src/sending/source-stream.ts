import {
  addToCounter,
  controlCounter,
  controlWord,
  countPending,
  openControlBlock,
  type ControlBlock,
} from "../recording/control-block.ts";
import type { SharedChunk } from "../recording/chunk.ts";
import { Spool } from "../spool/spool.ts";
import type { Backlog, RecordBatch } from "./backlog.ts";
import type { Delivery, Part, SenderNotice, Work } from "./deliver-batch.ts";
import { CarrierEncoder } from "./encode-carriers.ts";
import { MemoryBacklog } from "./memory-backlog.ts";
import { SourceReporter } from "./report-source.ts";
import type { SenderSettings } from "./sender-settings.ts";
import type { SourceAnnouncement } from "./source-announcement.ts";
import type { SourceIdentity } from "./source-identity.ts";

/** What a stream needs of its sender. */
export interface StreamSurroundings {
  readonly deliveryOf: (settings: SenderSettings) => Delivery;
  readonly notify: (notice: SenderNotice) => void;
  /** Something is due that the sender does not know of. */
  readonly wake: () => void;
}

/** Room that is left in a request. */
export interface Room {
  readonly events: number;
  readonly bytes: number;
}

/** The events of one source on the sender's side: in memory, on disk, under way; and its report. */
export class SourceStream {
  readonly control: ControlBlock;
  /** The thread in which the sender was started; other threads come and go. */
  readonly isOwn: boolean;
  readonly settings: SenderSettings;
  readonly delivery: Delivery;
  #number: number;
  readonly #encoder: CarrierEncoder;
  readonly #spool: Spool | null;
  readonly #adoptedEncoders = new WeakMap<Backlog, CarrierEncoder>();
  readonly #wake: () => void;
  readonly #backlog = new MemoryBacklog(() => this.isCurrent);
  readonly #reporter: SourceReporter;
  /** Batches that the disk refused: sent out of memory. */
  readonly #refusedByDisk: RecordBatch[] = [];
  readonly #inFlight = new Set<RecordBatch>();
  readonly #waiters: { readonly seq: number; readonly resolve: () => void }[] = [];
  #waitingSince: number | null = null;
  #retired = false;
  #lastSeqAtEnd: number | null = null;
  /** When something was last seen to wait or be under way. */
  activeAt = performance.now();
  /** Its thread records nothing more. */
  ended = false;

  constructor(source: SourceAnnouncement, isOwn: boolean, surroundings: StreamSurroundings) {
    const { settings, control, number } = source;
    this.control = openControlBlock(control);
    this.isOwn = isOwn;
    this.#wake = surroundings.wake;
    this.settings = settings;
    this.#number = number;
    this.delivery = surroundings.deliveryOf(settings);
    this.#encoder = new CarrierEncoder(settings.identity);
    this.#reporter = new SourceReporter(this.control, (lastSeq, dropped) => {
      const body = this.#encoder.encodeReport(lastSeq, dropped, Date.now());
      return this.delivery.report(this.signal, body, this.#count);
    });
    this.#spool = openSpool(settings, isOwn, surroundings);
  }

  get sourceId(): string {
    return this.settings.identity.sourceId;
  }

  get signal(): SourceIdentity["signal"] {
    return this.settings.identity.signal;
  }

  /** False as soon as another sender, or another stream, has the source. */
  get isCurrent(): boolean {
    return !this.#retired && Atomics.load(this.control.words, controlWord.sender) === this.#number;
  }

  /** How much one request carries. */
  get maxBatch(): Room {
    return { events: this.settings.maxBatchEvents, bytes: this.settings.maxBatchBytes };
  }

  /** How long events may wait before the next look, in ms. */
  get batchDelayMs(): number {
    return this.settings.batchDelayMs;
  }

  get hasSpool(): boolean {
    return this.#spool !== null;
  }

  /** Takes what is new: a number, chunks. */
  update({ number, chunks }: SourceAnnouncement): void {
    // An announcement that was overtaken by a later one.
    if (number < this.#number) return;
    this.#number = number;
    for (const chunk of chunks) this.#backlog.addChunk(chunk);
    Atomics.store(this.control.words, controlWord.asleep, 0);
    this.activeAt = performance.now();
  }

  addChunk(chunk: SharedChunk): void {
    this.#backlog.addChunk(chunk);
  }

  /** Resolves when every event up to this sequence number is settled. */
  flush(seq: number): Promise<void> {
    return new Promise((resolve) => this.#waiters.push({ seq, resolve }));
  }

  /** Resolves when all that was recorded until now and the report have arrived. */
  async finish(): Promise<void> {
    const lastSeq = this.#lastSeq;
    this.#lastSeqAtEnd = lastSeq;
    this.delivery.hurry();
    this.store();
    this.#spool?.sync();
    const settled = this.flush(lastSeq);
    this.#wake();
    await settled;
    await this.#reporter.report();
    this.#spool?.removeEmpty();
  }

  /** Memory to disk, if there is a disk. */
  store(): void {
    if (this.#spool === null) return;
    const { counters } = this.control;
    const { storedSeq, refused } = this.#spool.store(this.#backlog);
    if (storedSeq > 0) counters[controlCounter.storedSeq] = storedSeq;
    const syncedSeq = this.#spool.own?.syncedSeq ?? 0;
    if (syncedSeq > 0) counters[controlCounter.syncedSeq] = syncedSeq;
    if (refused !== null) this.#refusedByDisk.push(refused);
  }

  /** Events of dead processes, for a request of their own. */
  takeAdopted(): Work | null {
    const { maxBatchEvents, maxBatchBytes } = this.settings;
    for (const { backlog, identity } of this.#spool?.adopted ?? []) {
      const batch = backlog.take(maxBatchEvents, maxBatchBytes);
      if (batch === null) continue;
      let encoder = this.#adoptedEncoders.get(backlog);
      if (encoder === undefined) {
        encoder = new CarrierEncoder(identity);
        this.#adoptedEncoders.set(backlog, encoder);
      }
      const count = (): void => undefined;
      return { signal: identity.signal, parts: [{ batch, backlog, encoder, isAdopted: true, count }] };
    }
    return null;
  }

  /** Events that are due, as many as there is room for; null if there are none. */
  takeDue(room: Room): Part | null {
    const { maxBatchEvents, maxBatchBytes, batchDelayMs } = this.settings;
    const refused = this.#refusedByDisk.shift();
    if (refused !== undefined) return this.#begin(refused, this.#backlog);
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
      this.ended ||
      this.delivery.isHurried ||
      this.#waiters.length > 0 ||
      now - this.#waitingSince >= batchDelayMs;
    if (!due) return null;
    const maxEvents = Math.min(room.events, maxBatchEvents);
    const maxBytes = Math.min(room.bytes, maxBatchBytes);
    for (const backlog of this.#backlogs()) {
      const batch = backlog.take(maxEvents, maxBytes);
      if (batch === null) continue;
      this.#waitingSince = null;
      return this.#begin(batch, backlog);
    }
    return null;
  }

  /** The receiver has taken or refused the batch. */
  settle(part: Part): void {
    this.#inFlight.delete(part.batch);
    // Another sender has these records now; their memory is not ours to give back.
    if (!this.isCurrent) return;
    part.backlog.settle(part.batch);
    this.activeAt = performance.now();
  }

  /** Removes folders of dead processes whose events are all sent. */
  removeFinished(): void {
    this.#spool?.removeFinished();
  }

  /** Counts what the disk gives back no more, and tells whoever waits for events that are settled. */
  settleUp(): void {
    const unreadable = this.#spool?.takeUnreadable() ?? 0;
    if (unreadable > 0) this.#count(controlCounter.refused, unreadable);
    if (this.#waiters.length === 0) return;
    let unsettled = Infinity;
    for (const backlog of this.#backlogs()) unsettled = Math.min(unsettled, backlog.nextSeq);
    for (const { firstSeq } of this.#refusedByDisk) unsettled = Math.min(unsettled, firstSeq);
    for (const { firstSeq } of this.#inFlight) unsettled = Math.min(unsettled, firstSeq);
    for (let i = this.#waiters.length - 1; i >= 0; i -= 1) {
      const waiter = this.#waiters[i]!;
      if (waiter.seq >= unsettled) continue;
      this.#waiters.splice(i, 1);
      waiter.resolve();
    }
  }

  /** Another sender has the source: nobody waits for it here. */
  abandon(): void {
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  /** Another stream has the source, with other settings: it sends what is not settled, and answers who waits. */
  retireFor(next: SourceStream): void {
    this.#retired = true;
    next.#waiters.push(...this.#waiters.splice(0));
    next.ended = this.ended;
  }

  /** Nothing waits and nothing is under way. */
  get isIdle(): boolean {
    return this.#inFlight.size === 0 && (this.#spool?.adopted.length ?? 0) === 0 && this.#waitingCount(1) === 0;
  }

  /** Events that are neither settled nor on the disk; during an end only those that were recorded before it. */
  get pending(): number {
    const lastSeq = this.#lastSeqAtEnd ?? this.#lastSeq;
    const storedSeq = this.control.counters[controlCounter.storedSeq] ?? 0;
    return Math.min(countPending(this.control, lastSeq), Math.max(0, lastSeq - storedSeq));
  }

  /** Memory of the thread that is not given back. */
  get heldBytes(): number {
    return this.#backlog.bytes;
  }

  /** Lets the source wake its sender from here on; false if something was recorded meanwhile. */
  sleep(): boolean {
    const { words } = this.control;
    Atomics.store(words, controlWord.asleep, 1);
    // An event recorded before the store above has woken nobody.
    if (this.#backlog.count(1) > 0) {
      Atomics.store(words, controlWord.asleep, 0);
      return false;
    }
    // The thread names its memory again when it wakes the sender, if it lives that long.
    if (!this.isOwn) this.#backlog.forget();
    return true;
  }

  /** Reports some time later, at once for a thread that has ended. */
  scheduleReport(onReported: () => void): void {
    if (this.ended) void this.#reporter.report().then(onReported);
    else this.#reporter.schedule(this.settings.reportDelayMs, onReported);
  }

  close(): void {
    this.#reporter.close();
    this.#spool?.close();
  }

  /** What is under way of another stream is counted there. */
  readonly #count = (counter: number, amount: number): void => {
    if (!this.#retired) addToCounter(this.control, counter, amount);
  };

  get #lastSeq(): number {
    return this.control.counters[controlCounter.lastSeq] ?? 0;
  }

  /** The oldest events first. */
  #backlogs(): readonly Backlog[] {
    const onDisk = this.#spool?.own ?? null;
    return onDisk === null ? [this.#backlog] : [onDisk, this.#backlog];
  }

  #begin(batch: RecordBatch, backlog: Backlog): Part {
    this.#inFlight.add(batch);
    this.#count(controlCounter.begun, batch.count);
    return { batch, backlog, encoder: this.#encoder, isAdopted: false, count: this.#count };
  }

  /** Events of this source that wait, counting no further than `enough`. */
  #waitingCount(enough: number): number {
    const count = this.#refusedByDisk.length + (this.#spool?.own?.count(enough) ?? 0);
    if (count >= enough) return count;
    return count + this.#backlog.count(enough - count, this.settings.maxBatchBytes);
  }
}

function openSpool(
  { spool, identity }: SenderSettings,
  isOwn: boolean,
  { notify, wake }: StreamSurroundings,
): Spool | null {
  if (spool === null) return null;
  const warn = (key: string, message: string): void => notify({ level: "warn", key, message, loud: true });
  // A thread may end before it has sent what it took over.
  return new Spool(spool, identity, warn, isOwn ? wake : null);
}
