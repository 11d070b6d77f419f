import { hideCredentials } from "../config/resolve-target.ts";
import { addToCounter, controlCounter, type ControlBlock } from "../recording/control-block.ts";
import { startTimer, stopTimer } from "../timers.ts";
import type { Backlog, RecordBatch } from "./backlog.ts";
import type { CarrierEncoder } from "./encode-carriers.ts";
import { OtlpPoster, type PostOutcome, type PostTarget } from "./post-request.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { SourceIdentity } from "./source-identity.ts";

/** A batch on its way: where it came from, and who encodes it. */
export interface Work {
  readonly batch: RecordBatch;
  readonly backlog: Backlog;
  readonly encoder: CarrierEncoder;
  readonly signal: SourceIdentity["signal"];
  /** Of this source, not of a dead process. */
  readonly own: boolean;
}

/** Something that the product should read, once. */
export interface SenderNotice {
  readonly level: "warn" | "error" | "info";
  /** Notices with the same key are shown once. */
  readonly key: string;
  readonly message: string;
  /** Also one line on stderr, because nobody could find out otherwise where `diag` is not set up. */
  readonly loud?: boolean;
  /** For the product's `onError`; made of the message where it is absent. */
  readonly error?: Error;
  /** Says how many events wait as well. */
  readonly withPending?: boolean;
}

/** Requests at a time while the receiver answers; after a failure it is one. */
const maxLanes = 4;
/** So many failures in a row are worth a line on stderr. */
const longFailures = 3;
/** Pause between attempts while somebody waits for the end, in ms. */
const hurriedRetryMs = 100;
/** How long an end may hurry the attempts, in ms: a product that goes on after it must not hammer for ever. */
const hurryMs = 30_000;

/** Brings batches to the receiver, however often it takes, or until they are refused for good. */
export class Delivery {
  readonly #target: PostTarget;
  readonly #control: ControlBlock;
  readonly #notify: (notice: SenderNotice) => void;
  readonly #posters = new Map<string, OtlpPoster>();
  readonly #sleepers = new Set<() => void>();
  #hurriedUntil = 0;
  #closed = false;
  /** Requests that may be under way at a time. */
  lanes = 1;

  constructor(target: PostTarget, control: ControlBlock, notify: (notice: SenderNotice) => void) {
    this.#target = target;
    this.#control = control;
    this.#notify = notify;
  }

  /** Somebody waits for the end: attempts follow each other quickly for a while. */
  hurry(): void {
    this.#hurriedUntil = performance.now() + hurryMs;
    this.#interruptPauses();
  }

  get isHurried(): boolean {
    return performance.now() < this.#hurriedUntil;
  }

  /** Sends all records of a batch; false where the end of the sender came first. */
  deliver(work: Work): Promise<boolean> {
    return this.#deliverRange(work, 0, work.batch.count);
  }

  /** Tries until the receiver has taken or refused the request; null where the sender was closed. */
  async post(
    signal: SourceIdentity["signal"],
    body: Uint8Array,
  ): Promise<Exclude<PostOutcome, { kind: "retry" }> | null> {
    const poster = this.#posterOf(signal);
    for (let failures = 0; ;) {
      if (this.#closed) return null;
      const outcome = await poster.post(body);
      if (outcome.kind !== "retry") {
        this.lanes = maxLanes;
        return outcome;
      }
      this.lanes = 1;
      failures += 1;
      addToCounter(this.#control, controlCounter.failedAttempts, 1);
      const { reason, remedy } = outcome;
      const address = hideCredentials(this.#target.url);
      const done = `${address} did not take business events, which wait and are tried again: ${reason}`;
      const isLong = failures >= longFailures && !this.isHurried;
      this.#notify({
        level: "warn",
        key: `retry:${remedy === null && isLong}:${reason}`,
        message: remedy === null ? done : `${done}; ${remedy}`,
        // One failure is a restart of the receiver; several in a row are a wrong address.
        loud: remedy !== null || isLong,
        withPending: true,
      });
      const delay = retryDelayMs(failures, outcome.retryAfterMs, Math.random());
      await this.#pause(this.isHurried ? hurriedRetryMs : delay);
    }
  }

  close(): void {
    this.#closed = true;
    this.#interruptPauses();
    for (const poster of this.#posters.values()) poster.close();
  }

  async #deliverRange(work: Work, from: number, to: number): Promise<boolean> {
    const outcome = await this.post(work.signal, work.encoder.encodeBatch(work.batch, from, to));
    if (outcome === null) return false;
    const count = to - from;
    if (outcome.kind === "accepted") {
      if (work.own) addToCounter(this.#control, controlCounter.sent, count);
      if (outcome.partial !== null) {
        const { rejected, message } = outcome.partial;
        if (work.own) addToCounter(this.#control, controlCounter.rejected, rejected);
        const text = `the receiver rejected ${rejected} events: ${message}`;
        this.#notify({ level: "warn", key: `partial:${message}`, message: text, loud: true });
      }
      return true;
    }
    if (count === 1) {
      if (work.own) addToCounter(this.#control, controlCounter.refused, 1);
      this.#notify({
        level: "error",
        key: `refused:${outcome.reason}`,
        message: `an event was refused for good and is counted as dropped: ${outcome.reason}`,
        loud: true,
      });
      return true;
    }
    const middle = from + Math.floor(count / 2);
    return (await this.#deliverRange(work, from, middle)) && (await this.#deliverRange(work, middle, to));
  }

  /** Events of a dead process may be of the other signal than ours: the same base URL, another path. */
  #posterOf(signal: SourceIdentity["signal"]): OtlpPoster {
    let poster = this.#posters.get(signal);
    if (poster === undefined) {
      const url = this.#target.url.replace(/\/v1\/(?:traces|logs)$/, `/v1/${signal}`);
      poster = new OtlpPoster({ ...this.#target, url });
      this.#posters.set(signal, poster);
    }
    return poster;
  }

  /** Waits, but not beyond the beginning of an exit or the end of the sender. */
  #pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        stopTimer(timer);
        this.#sleepers.delete(end);
        resolve();
      };
      const timer = startTimer(ms, end);
      this.#sleepers.add(end);
    });
  }

  #interruptPauses(): void {
    for (const end of [...this.#sleepers]) end();
  }
}
