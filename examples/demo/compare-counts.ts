import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "pg";

/** Rows and counters by event name, as they are in the database. */
export interface DatabaseCounts {
  readonly stored: ReadonlyMap<string, number>;
  readonly counted: ReadonlyMap<string, number>;
}

export interface EventComparison {
  readonly event: string;
  /** Rows that were there before this round. */
  readonly before: number;
  /** What the history posted and the products recorded in this round. */
  readonly sent: number;
  /** Rows of `analytics_events`. */
  readonly stored: number;
  /** Sum of `analytics_event_counts`. */
  readonly counted: number;
  /** `before + sent = stored = counted`. */
  readonly agrees: boolean;
}

export async function readDatabaseCounts(pool: Pool): Promise<DatabaseCounts> {
  const toMap = (rows: readonly { event_name: string; events: string }[]): Map<string, number> =>
    new Map(rows.map((row) => [row.event_name, Number(row.events)]));
  const [stored, counted] = await Promise.all([
    pool.query("select event_name, count(*) as events from analytics_events group by event_name"),
    pool.query("select event_name, sum(events) as events from analytics_event_counts group by event_name"),
  ]);
  return { stored: toMap(stored.rows), counted: toMap(counted.rows) };
}

/** One line per event name that was sent or is in the database, by name. */
export function compareCounts(
  before: DatabaseCounts,
  sent: ReadonlyMap<string, number>,
  after: DatabaseCounts,
): EventComparison[] {
  const names = new Set([...before.stored.keys(), ...sent.keys(), ...after.stored.keys(), ...after.counted.keys()]);
  return [...names].sort().map((event) => {
    const line = {
      event,
      before: before.stored.get(event) ?? 0,
      sent: sent.get(event) ?? 0,
      stored: after.stored.get(event) ?? 0,
      counted: after.counted.get(event) ?? 0,
    };
    return { ...line, agrees: line.before + line.sent === line.stored && line.stored === line.counted };
  });
}

/**
 * Waits until everything that was sent is counted, or for `patienceMs` nothing has moved: on a busy machine
 * what is on its way may take long, and as long as it comes it is not lost. Gives the comparison then.
 * @param readSent asked each time: a product may still be at its last event
 */
export async function waitUntilCounted(
  readCounts: () => Promise<DatabaseCounts>,
  before: DatabaseCounts,
  readSent: () => Promise<ReadonlyMap<string, number>>,
  patienceMs: number,
): Promise<EventComparison[]> {
  let movedAt = performance.now();
  let last = "";
  for (;;) {
    const comparison = compareCounts(before, await readSent(), await readCounts());
    if (comparison.every((line) => line.agrees)) return comparison;
    const now = JSON.stringify(comparison);
    if (now !== last) movedAt = performance.now();
    else if (performance.now() - movedAt > patienceMs) return comparison;
    last = now;
    await wait(250);
  }
}

/** Sums counts by name. */
export function addCounts(...parts: readonly Readonly<Record<string, number>>[]): Map<string, number> {
  const sum = new Map<string, number>();
  for (const part of parts) {
    for (const [name, count] of Object.entries(part)) sum.set(name, (sum.get(name) ?? 0) + count);
  }
  return sum;
}
