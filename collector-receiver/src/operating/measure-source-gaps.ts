import type { Pool } from "pg";
import { Gauge, type Registry } from "prom-client";
import { readSourceGaps } from "../storage/facts/read-source-gaps.ts";

/** A scrape every few seconds by several Prometheis asks PostgreSQL once in this time. */
const freshMs = 15_000;
const maxServices = 200;

/**
 * Evidence of loss, by service: events that a source numbered and that never arrived, and events that
 * it says it dropped itself. What PostgreSQL cannot tell now is left at its last value.
 */
export function measureSourceGaps(registry: Registry, pool: Pick<Pool, "query">): void {
  const missing = new Gauge({
    name: "spanledger_source_missing_events",
    help: "Sequence numbers that sources gave out and that are not stored",
    labelNames: ["service"],
    registers: [registry],
    collect: refresh,
  });
  const dropped = new Gauge({
    name: "spanledger_source_dropped_events",
    help: "Events that sources say they dropped",
    labelNames: ["service"],
    registers: [registry],
    collect: refresh,
  });
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  function refresh(): Promise<void> {
    if (performance.now() - readAt < freshMs) return Promise.resolve();
    reading ??= read()
      .catch(() => {})
      .finally(() => (reading = undefined));
    return reading;
  }

  async function read(): Promise<void> {
    const gaps = await readSourceGaps(pool, maxServices);
    missing.reset();
    dropped.reset();
    for (const each of gaps) {
      missing.set({ service: each.service }, Number(each.missing));
      dropped.set({ service: each.service }, Number(each.dropped));
    }
    readAt = performance.now();
  }
}
