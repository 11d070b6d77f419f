import pg from "pg";
import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { insertRow, timeEach, valuesOf } from "./insert-row.ts";

const poolSize = 10;

/**
 * What a tracker without us does: per event a transaction with one `insert` and one `update` of the
 * counter of (day, event name), over a pool of 10.
 * @returns milliseconds
 */
export async function runNaiveTracker(events: readonly BusinessEvent[], connectionString: string): Promise<number> {
  const pool = new pg.Pool({ connectionString, max: poolSize });
  try {
    await pool.query("drop table if exists bench_counters");
    await pool.query(
      "create table bench_counters (day date, event_name text, events bigint, primary key (day, event_name))",
    );
    const day = new Date().toISOString().slice(0, 10);
    for (const name of new Set(events.map((event) => event.name))) {
      await pool.query("insert into bench_counters values ($1, $2, 0)", [day, name]);
    }
    const rows = events.map((event) => ({ name: event.name, values: valuesOf(event) }));
    await Promise.all(Array.from({ length: poolSize }, () => pool.query("select 1")));
    return await timeEach(rows, poolSize, async ({ name, values }) => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        await client.query({ ...insertRow, values });
        await client.query({
          name: "count-event",
          text: "update bench_counters set events = events + 1 where day = $1 and event_name = $2",
          values: [day, name],
        });
        await client.query("commit");
      } finally {
        client.release();
      }
    });
  } finally {
    await pool.end();
  }
}
