import { Gauge, type Registry } from "prom-client";

/** @param readSkewMs called at each scrape; does no I/O */
export function measureClock(registry: Registry, readSkewMs: () => number): void {
  new Gauge({
    name: "spanledger_clock_skew_seconds",
    help: "By how much PostgreSQL's clock is ahead of this machine's; negative if it is behind",
    registers: [registry],
    collect() {
      this.set(readSkewMs() / 1000);
    },
  });
}
