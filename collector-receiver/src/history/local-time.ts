import { timezoneStretches, type Stretch } from "../metrics/timezone-offsets.ts";

const dayMs = 86_400_000;
/** Events cannot be further ahead than this. */
const aheadMs = 2 * 366 * dayMs;

/** Instants of local times. Those that clocks show twice or never are counted. */
export class LocalTimes {
  /** Local times that a change of clocks repeats: read as the first of the two. */
  repeated = 0;
  /** Local times that a change of clocks skips: read as if the clocks had been changed after them. */
  skipped = 0;
  readonly #stretches: readonly Stretch[];
  #last: Stretch;

  /** @throws RangeError if Node does not know the timezone */
  constructor(timezone: string, nowMs: number) {
    this.#stretches = timezoneStretches(timezone, nowMs + aheadMs);
    this.#last = this.#stretches.at(-1)!;
  }

  /**
   * @param localMs what the clock shows, as if it were UTC
   * @param counts false if the time is not an event's
   * @returns milliseconds since 1970
   */
  instantOf(localMs: number, counts = true): number {
    // No timezone is more than a day ahead or behind.
    const before = this.#offsetAt(localMs - dayMs);
    const after = this.#offsetAt(localMs + dayMs);
    const early = localMs - before;
    if (before === after) return early;
    const late = localMs - after;
    const isEarly = this.#offsetAt(early) === before;
    const isLate = this.#offsetAt(late) === after;
    if (counts && isEarly && isLate) this.repeated++;
    else if (counts && !isEarly && !isLate) this.skipped++;
    return isLate && !isEarly ? late : early;
  }

  /** @returns milliseconds that local time is ahead of UTC */
  #offsetAt(ms: number): number {
    const { startMs } = this.#last;
    const at = this.#stretches.indexOf(this.#last);
    const next = this.#stretches[at + 1]?.startMs ?? Infinity;
    if ((startMs !== null && ms < startMs) || ms >= next) {
      this.#last = this.#stretches.findLast(({ startMs: start }) => start === null || start <= ms)!;
    }
    return this.#last.offsetSeconds * 1000;
  }
}
