import type { WriterConnection } from "../wire/writer-connection.ts";

/** Months (UTC, `YYYY-MM`) whose partition is known to exist; one set per receiver process. */
export type KnownPartitions = Set<string>;

/** The month that was asked for last: events come in the order of time, and a date's text is slow to make. */
let latest = { month: "", startMs: 0, endMs: 0 };

/** The partition (UTC month) that a time belongs to. */
export function partitionOf(ms: number): string {
  if (ms < latest.startMs || ms >= latest.endMs) {
    const at = new Date(ms);
    const year = at.getUTCFullYear();
    const month = at.getUTCMonth();
    latest = {
      month: at.toISOString().slice(0, 7),
      startMs: Date.UTC(year, month),
      endMs: Date.UTC(year, month + 1),
    };
  }
  return latest.month;
}

/**
 * Makes the partitions that are missing. Runs outside the batch's transaction: the attach needs a
 * lock on the parent that open transactions would hold back.
 * @throws PostgreSQL's 55P03 if it waits longer than 2 s for the lock
 */
export async function ensurePartitions(
  client: WriterConnection,
  known: KnownPartitions,
  months: Iterable<string>,
): Promise<void> {
  for (const month of months) {
    if (known.has(month)) continue;
    await client.query({
      name: "ensure-partition",
      text: "select spanledger_ensure_partition($1::date)",
      values: [`${month}-01`],
    });
    known.add(month);
  }
}
