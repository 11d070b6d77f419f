import type { FastifyBaseLogger } from "fastify";
import type { OnAlarm } from "../ingest/alarm-codes.ts";
import type { DatabaseClock } from "../storage/wire/database-clock.ts";

/** More is an alarm: people compare what they see with their own clocks. */
const maxSkewMs = 60_000;

export interface ClockTeller {
  readonly log: Pick<FastifyBaseLogger, "info">;
  readonly onAlarm: OnAlarm;
}

/** Compares PostgreSQL's clock with this machine's, each time that it was measured. */
export class ClockComparison {
  readonly #teller: ClockTeller;
  #differs = false;

  constructor(teller: ClockTeller) {
    this.#teller = teller;
  }

  /** Raises the alarm `clock_skew`, or says that the clocks agree again. */
  compare(clock: DatabaseClock): void {
    const skewMs = clock.skewMs();
    // A slow answer says less than it took.
    const differs = Math.abs(skewMs) - clock.roundTripMs > maxSkewMs;
    if (differs) {
      const skew = skewMs > 0 ? "ahead of" : "behind";
      const message = `PostgreSQL's clock is ${skew} this machine's by more than a minute: run NTP on both`;
      this.#teller.onAlarm("clock_skew", message, { skewSeconds: Math.round(skewMs / 1000) });
    } else if (this.#differs) this.#teller.log.info("PostgreSQL's clock and this machine's agree again");
    this.#differs = differs;
  }
}
