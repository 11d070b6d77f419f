import type { Pool } from "pg";
import { Gauge, type Registry } from "prom-client";

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
    const { rows } = await pool.query<{ service: string; missing: string; dropped: string }>(
      `select coalesce(service_name, '') as service,
         sum(greatest(highest_seq - drops_reported - events_seen, 0)) as missing, sum(drops_reported) as dropped
       from analytics_sources
       group by 1
       order by sum(greatest(highest_seq - drops_reported - events_seen, 0)) desc, 1
       limit ${maxServices}`,
    );
    missing.reset();
    dropped.reset();
    for (const row of rows) {
      missing.set({ service: row.service }, Number(row.missing));
      dropped.set({ service: row.service }, Number(row.dropped));
    }
    readAt = performance.now();
  }
}
