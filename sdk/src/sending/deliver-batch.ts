import { hideCredentials } from "../config/resolve-target.ts";
import { controlCounter } from "../recording/control-block.ts";
import { concatBytes } from "../recording/protobuf-bytes.ts";
import { startTimer, stopTimer } from "../timers.ts";
import type { Backlog, RecordBatch } from "./backlog.ts";
import type { CarrierEncoder } from "./encode-carriers.ts";
import { OtlpPoster, packBody, type PostOutcome, type PostTarget } from "./post-request.ts";
import { ReportQueue, type Count } from "./report-queue.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { SourceIdentity } from "./source-identity.ts";

type Signal = SourceIdentity["signal"];

/** Events of one source on their way: where they came from, and who encodes them. */
export interface Part {
  readonly batch: RecordBatch;
  readonly backlog: Backlog;
  readonly encoder: CarrierEncoder;
  /** Of a dead process. */
  readonly isAdopted: boolean;
  /** Adds to a counter of `controlCounter` of their source. */
  readonly count: Count;
}

/** What one request carries. */
export interface Work {
  readonly signal: Signal;
  readonly parts: readonly Part[];
}

/** Records `from` to `to` (exclusive) of a part. */
interface Slice extends Part {
  readonly from: number;
  readonly to: number;
}

/** Something that the product should read, once. */
export interface SenderNotice {
  readonly level: "warn" | "error" | "info";
  /** Notices with the same key are shown once. */
  readonly key: string;
  readonly message: string;
  /** Also one line on stderr, because nobody could find out otherwise if `diag` is not set up. */
  readonly loud?: boolean;
  /** For the product's `onError`; made of the message if it is absent. */
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

/** Brings events to one receiver, however often it takes, or until they are refused for good. */
export class Delivery {
  readonly #target: PostTarget;
  readonly #notify: (notice: SenderNotice) => void;
  readonly #posters = new Map<string, OtlpPoster>();
  readonly #reports = new Map<Signal, ReportQueue>();
  readonly #sleepers = new Set<() => void>();
  #hurriedUntil = 0;
  #closed = false;
  /** Requests that may be under way at a time. */
  #lanes = 1;
  #underWay = 0;

  constructor(target: PostTarget, notify: (notice: SenderNotice) => void) {
    this.#target = target;
    this.#notify = notify;
  }

  /** As many requests are under way as may be. */
  get isBusy(): boolean {
    return this.#underWay >= this.#lanes;
  }

  /** Somebody waits for the end: attempts follow each other quickly for a while. */
  hurry(): void {
    this.#hurriedUntil = performance.now() + hurryMs;
    this.#interruptPauses();
  }

  get isHurried(): boolean {
    return performance.now() < this.#hurriedUntil;
  }

  /** Sends all events; false if the end of the sender came first. */
  async deliver({ signal, parts }: Work): Promise<boolean> {
    this.#underWay += 1;
    try {
      return await this.#deliverSlices(
        signal,
        parts.map((part) => ({ ...part, from: 0, to: part.batch.count })),
      );
    } finally {
      this.#underWay -= 1;
    }
  }

  /**
   * Tries until the receiver has taken or refused the request; null if the sender was closed. Takes what it needs of
   * `body` at once.
   * @param counts where failed attempts are counted
   */
  async post(
    signal: Signal,
    body: Uint8Array,
    counts: readonly Count[],
  ): Promise<Exclude<PostOutcome, { kind: "retry" }> | null> {
    const poster = this.#posterOf(signal);
    const packed = packBody(body);
    for (let failures = 0; ;) {
      if (this.#closed) return null;
      const outcome = await poster.post(packed);
      if (outcome.kind !== "retry") {
        this.#lanes = maxLanes;
        return outcome;
      }
      this.#lanes = 1;
      failures += 1;
      for (const count of counts) count(controlCounter.failedAttempts, 1);
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

  /** Sends the report of a source; false if the sender was closed before it arrived. */
  report(signal: Signal, body: Uint8Array, count: Count): Promise<boolean> {
    let queue = this.#reports.get(signal);
    if (queue === undefined) {
      queue = new ReportQueue(async (bodies, counts) => (await this.post(signal, bodies, counts)) !== null);
      this.#reports.set(signal, queue);
    }
    return queue.send(body, count);
  }

  close(): void {
    this.#closed = true;
    this.#interruptPauses();
    for (const poster of this.#posters.values()) poster.close();
  }

  async #deliverSlices(signal: Signal, slices: readonly Slice[]): Promise<boolean> {
    const counts = slices.map(({ count }) => count);
    const outcome = await this.post(signal, encodeSlices(slices), counts);
    if (outcome === null) return false;
    if (outcome.kind === "accepted") {
      for (const { count, from, to } of slices) count(controlCounter.sent, to - from);
      if (outcome.partial !== null) {
        const { rejected, message } = outcome.partial;
        // The receiver does not say whose they are.
        counts[0]?.(controlCounter.rejected, rejected);
        const text = `the receiver rejected ${rejected} events: ${message}`;
        this.#notify({ level: "warn", key: `partial:${message}`, message: text, loud: true });
      }
      return true;
    }
    const halves = halve(slices);
    if (halves === null) {
      counts[0]?.(controlCounter.refused, 1);
      this.#notify({
        level: "error",
        key: `refused:${outcome.reason}`,
        message: `an event was refused for good and is counted as dropped: ${outcome.reason}`,
        loud: true,
      });
      return true;
    }
    return (await this.#deliverSlices(signal, halves[0])) && (await this.#deliverSlices(signal, halves[1]));
  }

  /** Events of a dead process may be of the other signal than ours: the same base URL, another path. */
  #posterOf(signal: Signal): OtlpPoster {
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

/** One request; valid until the next one is encoded. */
function encodeSlices(slices: readonly Slice[]): Uint8Array {
  const encode = ({ encoder, batch, from, to }: Slice): Uint8Array => encoder.encodeBatch(batch, from, to);
  if (slices.length === 1) return encode(slices[0]!);
  // One resource for each source: messages of a repeated field may follow each other.
  return concatBytes(slices.map((slice) => encode(slice).slice()));
}

/** The same events in two requests; null if it is one event. */
function halve(slices: readonly Slice[]): readonly [Slice[], Slice[]] | null {
  const [first] = slices;
  if (first === undefined) return null;
  if (slices.length > 1) {
    const middle = slices.length >> 1;
    return [slices.slice(0, middle), slices.slice(middle)];
  }
  const { from, to } = first;
  if (to - from === 1) return null;
  const middle = from + Math.floor((to - from) / 2);
  return [[{ ...first, to: middle }], [{ ...first, from: middle }]];
}
