import type pg from "pg";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { countedEvents, firstTakeovers } from "./count-from-scratch.ts";

/** Counters by `tenant|day|hour`. */
type Hours = Record<string, Record<string, number>>;

/** Counts conversations by local hour in the plainest way. */
export function hoursFromScratch(events: readonly BusinessEvent[], timezone: string): Hours {
  const hours: Hours = {};
  const add = (tenantId: string, atMs: number, column: string, amount = 1): void => {
    if (amount === 0) return;
    const [day, time] = new Date(atMs).toLocaleString("sv-SE", { timeZone: timezone }).split(" ") as [string, string];
    const row = (hours[`${tenantId}|${day}|${Number(time.slice(0, 2))}`] ??= {});
    row[column] = (row[column] ?? 0) + amount;
  };
  const firsts: Readonly<Record<string, string>> = {
    "session.start": "conversations",
    "session.escalate": "escalations",
  };
  const seen = new Set<string>();
  for (const event of countedEvents(events).toSorted((a, b) => a.occurredAtMs - b.occurredAtMs)) {
    const { name, tenantId, sessionId, occurredAtMs } = event;
    const column = firsts[name];
    const key = `${tenantId}|${sessionId}|${name}`;
    if (column === undefined || seen.has(key)) continue;
    seen.add(key);
    add(tenantId, occurredAtMs, column);
  }
  for (const { tenantId, atMs, waitMs } of firstTakeovers(events, timezone)) {
    add(tenantId, atMs, "takeovers");
    if (waitMs === null) continue;
    add(tenantId, atMs, "waits_known");
    add(tenantId, atMs, "wait_ms", waitMs);
  }
  return hours;
}

/** The same as it is stored. */
export async function storedHours(pool: pg.Pool): Promise<Hours> {
  const { rows } = await pool.query(
    "select *, concat_ws('|', tenant_id, day::text, hour) as key from analytics_hour_counters",
  );
  const hours: Hours = {};
  for (const { key, tenant_id: _tenant, day: _day, hour: _hour, ...counters } of rows) {
    const known = Object.entries(counters).filter(([, value]) => value !== "0");
    if (known.length > 0) hours[key] = Object.fromEntries(known.map(([column, value]) => [column, Number(value)]));
  }
  return hours;
}
