import pg from "pg";
import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { insertRow, timeEach, valuesOf } from "./insert-row.ts";

const poolSize = 10;

/**
 * One `insert` per event through a pool of 10: the simplest thing that stores events; it counts nothing.
 * @returns milliseconds
 */
export async function insertEach(events: readonly BusinessEvent[], connectionString: string): Promise<number> {
  const pool = new pg.Pool({ connectionString, max: poolSize });
  const rows = events.map(valuesOf);
  try {
    await Promise.all(Array.from({ length: poolSize }, () => pool.query("select 1")));
    return await timeEach(rows, poolSize, async (values) => {
      await pool.query({ ...insertRow, values });
    });
  } finally {
    await pool.end();
  }
}
