import { isDeepStrictEqual } from "node:util";
import { controlWord } from "../recording/control-block.ts";
import type { SharedChunk } from "../recording/chunk.ts";
import { describeThrown } from "../recording/encode-any-value.ts";
import { startTimer, stopTimer, type Timer } from "../timers.ts";
import { Delivery, type Part, type SenderNotice, type Work } from "./deliver-batch.ts";
import type { SenderSettings } from "./sender-settings.ts";
import type { SourceAnnouncement } from "./source-announcement.ts";
import { SourceStream, type StreamSurroundings } from "./source-stream.ts";

/** How often a waiting sender looks whether a batch is full, in ms. */
const lookIntervalMs = 50;
/** The same where events go to the disk: a `kill -9` loses what was recorded since. */
const spoolIntervalMs = 10;
/** A look costs little, but not nothing: a thread whose events may not wait is looked at as often as this, in ms. */
const lingerIntervalMs = 10;
/** A thread that records again within this time, in ms, need not wake the sender. */
const lingerMs = 1000;
/** Pause after an error that nobody expected, in ms. */
const pauseAfterErrorMs = 1000;

/** What other threads than the sender's own have in the sender. */
export interface OtherThreads {
  /** Events that are neither settled nor on the disk: the exit of the main thread says that they are lost. */
  readonly pending: number;
  /** Memory that their events take. */
  readonly heldBytes: number;
}

/** Requests under way, with the streams that their parts come from. */
type Taken = Work & { readonly streams: readonly SourceStream[] };

/**
 * Takes the events of its own thread and of others that announce themselves, sends them in batches, and settles each
 * only when the receiver has acknowledged or refused it. Runs in the worker, or in the product's thread if there
 * is none.
 */
export class Sender {
  readonly #notify: (notice: SenderNotice) => void;
  readonly #onOthers: (others: OtherThreads) => void;
  /** By source id. */
  readonly #streams = new Map<string, SourceStream>();
  /** Those that may have something to send; whoever was served last comes last. */
  readonly #awake = new Set<SourceStream>();
  readonly #deliveries = new Map<string, Delivery>();
  readonly #surroundings: StreamSurroundings = {
    deliveryOf: (settings) => this.#deliveryOf(settings),
    notify: (notice) => this.#notify(notice),
    wake: () => this.#wakeOwn(),
  };
  #timer: Timer = null;
  #closed = false;

  /** @param onOthers hears after each look what other threads have here */
  constructor(notify: (notice: SenderNotice) => void, onOthers: (others: OtherThreads) => void = () => undefined) {
    this.#notify = notify;
    this.#onOthers = onOthers;
  }

  /**
   * A source has events, or other options.
   * @param isOwn of the thread that started this sender, and stays as long as it does
   */
  announce(source: SourceAnnouncement, isOwn: boolean): SourceStream {
    const stream = this.learn(source, isOwn);
    this.#pump();
    return stream;
  }

  /** The same, and nothing is sent yet. */
  learn(source: SourceAnnouncement, isOwn: boolean): SourceStream {
    const { sourceId } = source.settings.identity;
    const known = this.#streams.get(sourceId);
    const isSame = known !== undefined && isDeepStrictEqual(known.settings, source.settings);
    const stream = isSame ? known : this.#open(source, isOwn, known);
    stream.update(source);
    if (stream.isCurrent) this.#awake.add(stream);
    return stream;
  }

  /** Another chunk of a source; one that is not known here announces itself with its next event. */
  addChunk(sourceId: string, chunk: SharedChunk): void {
    this.learnChunk(sourceId, chunk);
    // The source may have been put to sleep by a look at the other chunks alone.
    this.wake(sourceId);
  }

  /** The same, and nothing is sent yet. */
  learnChunk(sourceId: string, chunk: SharedChunk): void {
    this.#streams.get(sourceId)?.addChunk(chunk);
  }

  /** Something may have been recorded. */
  wake(sourceId: string): void {
    const stream = this.#streams.get(sourceId);
    if (stream?.isCurrent !== true) return;
    Atomics.store(stream.control.words, controlWord.asleep, 0);
    this.#awake.add(stream);
    this.#pump();
  }

  /** Resolves when every event of this source up to this sequence number is settled. */
  async flush(sourceId: string, seq: number): Promise<void> {
    const settled = this.#streams.get(sourceId)?.flush(seq);
    this.wake(sourceId);
    await settled;
  }

  /** Sends all that is there of this source and its report, with attempts in quick succession. */
  async finish(sourceId: string): Promise<void> {
    this.wake(sourceId);
    const stream = this.#streams.get(sourceId);
    if (stream?.isCurrent === true) await stream.finish();
  }

  /** The same for all sources. */
  async finishAll(): Promise<void> {
    await Promise.all([...this.#streams.keys()].map((sourceId) => this.finish(sourceId)));
  }

  /** The thread of this source records nothing more. */
  end(sourceId: string): void {
    const stream = this.#streams.get(sourceId);
    if (stream === undefined) return;
    stream.ended = true;
    this.wake(sourceId);
    if (!stream.isCurrent) this.#forget(sourceId, stream);
  }

  /** Stops timers and connections; what is not settled stays in the queues. */
  close(): void {
    this.#closed = true;
    stopTimer(this.#timer);
    for (const stream of this.#streams.values()) stream.close();
    for (const delivery of this.#deliveries.values()) delivery.close();
  }

  /** @param former the stream of the same source with other settings: what it has under way is sent again */
  #open(source: SourceAnnouncement, isOwn: boolean, former: SourceStream | undefined): SourceStream {
    // Its disk is closed before another stream opens it.
    former?.close();
    const stream = new SourceStream(source, isOwn, this.#surroundings);
    this.#streams.set(stream.sourceId, stream);
    if (former === undefined) return stream;
    former.retireFor(stream);
    this.#awake.delete(former);
    const isUsed = [...this.#streams.values()].some(({ delivery }) => delivery === former.delivery);
    if (isUsed) return stream;
    for (const [key, delivery] of this.#deliveries) if (delivery === former.delivery) this.#deliveries.delete(key);
    former.delivery.close();
    return stream;
  }

  #wakeOwn(): void {
    for (const [sourceId, stream] of this.#streams) if (stream.isOwn) this.wake(sourceId);
    this.#pump();
  }

  #deliveryOf({ target }: SenderSettings): Delivery {
    const key = JSON.stringify([target, target.timeoutMs === Infinity]);
    let delivery = this.#deliveries.get(key);
    if (delivery === undefined) {
      delivery = new Delivery(target, this.#notify);
      this.#deliveries.set(key, delivery);
    }
    return delivery;
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
    if (this.#closed) return;
    for (const stream of this.#awake) {
      if (stream.isCurrent) {
        stream.store();
        continue;
      }
      // What is left belongs to another sender.
      this.#awake.delete(stream);
      if (!stream.isOwn) stream.abandon();
    }
    for (const delivery of this.#deliveries.values()) {
      while (!delivery.isBusy) {
        const taken = this.#gather(delivery);
        if (taken === null) break;
        void this.#send(delivery, taken);
      }
    }
    for (const stream of this.#awake) stream.settleUp();
    this.#publishOthers();
    this.#scheduleNextLook();
  }

  async #send(delivery: Delivery, { streams, ...work }: Taken): Promise<void> {
    const settled = await delivery.deliver(work);
    if (!settled || this.#closed) return;
    for (const [i, part] of work.parts.entries()) {
      const stream = streams[i]!;
      if (part.isAdopted) {
        part.backlog.settle(part.batch);
        stream.removeFinished();
      } else stream.settle(part);
    }
    this.#pump();
  }

  /** What is due of all sources, up to one request. */
  #gather(delivery: Delivery): Taken | null {
    const parts: Part[] = [];
    const streams: SourceStream[] = [];
    let room = { events: Infinity, bytes: Infinity };
    for (const stream of [...this.#awake]) {
      if (stream.delivery !== delivery || !stream.isCurrent) continue;
      if (streams[0] !== undefined && streams[0].signal !== stream.signal) continue;
      const adopted = parts.length === 0 ? stream.takeAdopted() : null;
      if (adopted !== null) return { ...adopted, streams: [stream] };
      const part = stream.takeDue(room);
      if (part === null) continue;
      this.#awake.delete(stream);
      this.#awake.add(stream);
      if (parts.length === 0) room = { events: stream.maxBatch.events, bytes: stream.maxBatch.bytes };
      parts.push(part);
      streams.push(stream);
      room = { events: room.events - part.batch.count, bytes: room.bytes - part.batch.bytes };
      if (room.events <= 0 || room.bytes <= 0) break;
    }
    return parts.length === 0 ? null : { signal: streams[0]!.signal, parts, streams };
  }

  #publishOthers(): void {
    let pending = 0;
    let heldBytes = 0;
    for (const stream of this.#awake) {
      if (stream.isOwn) continue;
      pending += stream.pending;
      heldBytes += stream.heldBytes;
    }
    this.#onOthers({ pending, heldBytes });
  }

  #scheduleNextLook(): void {
    if (this.#timer !== null || this.#closed) return;
    const now = performance.now();
    let nextMs = Infinity;
    for (const stream of [...this.#awake]) {
      const lingers = !stream.isOwn && !stream.ended && now - stream.activeAt < lingerMs;
      if (stream.isIdle && !lingers && this.#letSleep(stream)) continue;
      const interval = stream.hasSpool ? spoolIntervalMs : lookIntervalMs;
      // An event that has to wait for a free lane is taken when that is free, however short its delay is.
      const delay = stream.delivery.isBusy ? interval : Math.min(interval, stream.batchDelayMs);
      nextMs = Math.min(nextMs, stream.isOwn ? delay : Math.max(delay, lingerIntervalMs));
    }
    if (nextMs === Infinity) return;
    this.#timer = startTimer(nextMs, () => {
      this.#timer = null;
      this.#pump();
    });
  }

  #letSleep(stream: SourceStream): boolean {
    if (!stream.sleep()) return false;
    this.#awake.delete(stream);
    const { sourceId } = stream;
    stream.scheduleReport(() => {
      // A thread that records again announces itself; a disk has to be looked after.
      if (stream.isOwn || this.#awake.has(stream) || (stream.hasSpool && !stream.ended)) return;
      this.#forget(sourceId, stream);
    });
    return true;
  }

  #forget(sourceId: string, stream: SourceStream): void {
    this.#awake.delete(stream);
    if (this.#streams.get(sourceId) === stream) this.#streams.delete(sourceId);
    stream.close();
  }
}
