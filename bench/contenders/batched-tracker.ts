import { Redis } from "ioredis";
import pg from "pg";
import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { eventRowColumns } from "../../collector-receiver/src/mapping/event-row-arena.ts";
import { timeEach, valuesOf } from "./insert-row.ts";

const poolSize = 10;
/** Events of one flush: the plan names no number; a hundred is what trackers of this kind use. */
const bufferSize = 100;

/**
 * What the plan describes: a buffer, one multi-row `insert` at each flush, then `HINCRBY` for each event
 * (pipelined); flushes go on ten at a time. It acknowledges before it writes and counts a resent event
 * twice. Without a Redis it is measured without its `HINCRBY`, which only makes it faster.
 * @returns milliseconds
 */
export async function runBatchedTracker(
  events: readonly BusinessEvent[],
  connectionString: string,
  redisUrl: string | null,
): Promise<number> {
  const pool = new pg.Pool({ connectionString, max: poolSize });
  const redis = redisUrl === null ? null : new Redis(redisUrl);
  const flushes: { readonly text: string; readonly values: unknown[]; readonly names: string[] }[] = [];
  for (let from = 0; from < events.length; from += bufferSize) {
    const rows = events.slice(from, from + bufferSize);
    flushes.push({
      text: multiRowInsert(rows.length),
      values: rows.flatMap(valuesOf),
      names: rows.map((event) => event.name),
    });
  }
  const key = `analytics:daily:${new Date().toISOString().slice(0, 10)}`;
  try {
    await Promise.all(Array.from({ length: poolSize }, () => pool.query("select 1")));
    return await timeEach(flushes, poolSize, async ({ text, values, names }) => {
      await pool.query({ name: `insert-${names.length}`, text, values });
      if (redis === null) return;
      const counting = redis.pipeline();
      for (const name of names) counting.hincrby(key, name, 1);
      await counting.exec();
    });
  } finally {
    await pool.end();
    redis?.disconnect();
  }
}

function multiRowInsert(rows: number): string {
  const width = eventRowColumns.length;
  const tuples = Array.from(
    { length: rows },
    (_, row) => `(${eventRowColumns.map((_column, i) => `$${row * width + i + 1}`).join(", ")})`,
  );
  return `insert into analytics_events (${eventRowColumns.join(", ")}) values ${tuples.join(", ")}`;
}
