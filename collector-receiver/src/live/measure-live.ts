import { Gauge, type Registry } from "prom-client";
import type { Live, LiveState } from "./create-live.ts";

/** What the live counters say of themselves at `/metrics`. */
export function measureLive(registry: Registry, live: Pick<Live, "state">): void {
  const gauge = (name: string, help: string, read: (state: LiveState) => number): void => {
    new Gauge({
      name: `spanledger_live_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read(live.state));
      },
    });
  };
  gauge("redis_connected", "1 where Redis is connected", (state) => (state.connected ? 1 : 0));
  gauge("pending_days", "Days whose counters wait for Redis", (state) => state.pendingDays);
  gauge("written_days", "Days whose counters were written to Redis, since the start", (state) => state.writes);
  gauge("write_failures", "Writes to Redis that failed, since the start", (state) => state.failures);
  gauge(
    "dropped_days",
    "Days that were not written because too many waited, since the start",
    (state) => state.droppedDays,
  );
}
