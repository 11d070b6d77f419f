import type pg from "pg";

/**
 * PostgreSQL's time, as it was measured on one connection. Between two measurements it goes on by this process's monotonic
 * clock, so that the machine's date does not matter.
 */
export class DatabaseClock {
  /** Added to performance.now(), it is PostgreSQL's time in ms since 1970. */
  readonly #offsetMs: number;
  /** What the measurement took; the time is at most half of it off. */
  readonly roundTripMs: number;

  /** See `measure`. */
  constructor(offsetMs: number, roundTripMs: number) {
    this.#offsetMs = offsetMs;
    this.roundTripMs = roundTripMs;
  }

  static async measure(client: Pick<pg.Client, "query">): Promise<DatabaseClock> {
    const before = performance.now();
    const { rows } = await client.query<{ ms: number }>(
      "select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms",
    );
    const after = performance.now();
    const ms = rows[0]?.ms;
    if (ms === undefined) throw new Error("PostgreSQL did not say what time it is");
    return new DatabaseClock(ms - (before + after) / 2, after - before);
  }

  /** Whole ms since 1970. */
  nowMs(): number {
    return Math.floor(this.#offsetMs + performance.now());
  }

  /** By how many ms PostgreSQL is ahead of this machine; negative if it is behind. */
  skewMs(): number {
    return this.nowMs() - Date.now();
  }
}
