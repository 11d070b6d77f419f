import type { OutageLogger } from "../storage/wire/outage-log.ts";

/** Events that are committed later than this after they happened are late. */
const lateMs = 60_000;
/** For how long no batch may be late before it is said that they are not any more: products differ. */
const quietMs = 5 * 60_000;

/** Tells in two lines that events are committed late: when the first late batch is committed, and when none was for a while. */
export class LateLog {
  readonly #log: OutageLogger | undefined;
  readonly #now: () => number;
  #sinceMs: number | undefined;
  #latestMs = 0;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(log: OutageLogger | undefined, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /**
   * Looks at a committed batch; its middle event stands for it.
   * @param atMs when it was committed, since 1970
   */
  committed(events: readonly { readonly occurredAtMs: number }[], atMs: number): void {
    const middle = events[events.length >> 1];
    if (middle === undefined) return;
    const lagMs = atMs - middle.occurredAtMs;
    if (lagMs > lateMs) {
      this.#latestMs = this.#now();
      if (this.#sinceMs !== undefined) return;
      this.#sinceMs = this.#latestMs;
      const seconds = Math.round(lagMs / 1000);
      this.#log?.warn(
        { lagSeconds: seconds },
        `events are committed late, now ${seconds} s after they happened: a backlog of an outage, which passes, or products whose clocks are behind`,
      );
      return;
    }
    if (this.#sinceMs === undefined || this.#now() - this.#latestMs < quietMs) return;
    const minutes = Math.round((this.#latestMs - this.#sinceMs) / 60_000);
    this.#sinceMs = undefined;
    this.#log?.info({ minutes }, `events are committed within a minute again; they were late for ${minutes} min`);
  }
}
