import type pg from "pg";
import { readLocalTimes } from "../../storage/server/read-local-times.ts";
import { listTimezones } from "../../storage/settings/list-tenants.ts";
import type { Result } from "./finding.ts";

const dayMs = 86_400_000;
const daysEachWay = 730;
const maxZones = 20;

/** The local time of an instant, `2026-03-08 23:00`. */
export type LocalTime = (zone: string, ms: number) => string;

const formats = new Map<string, Intl.DateTimeFormat>();

const localTimeOfNode: LocalTime = (zone, ms) => {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    formats.set(zone, format);
  }
  return format.format(ms);
};

/**
 * Compares the timezones of all tenants in PostgreSQL and in Node, two years back and two ahead. Each has its own copy of the
 * timezone database, and governments change their rules at short notice.
 */
export async function checkTimezones(
  client: pg.Client,
  businessTimezone: string,
  localTime: LocalTime = localTimeOfNode,
): Promise<Result> {
  const zones = [...new Set([businessTimezone, ...(await listTimezones(client, maxZones))])];
  const differences: string[] = [];
  for (const zone of zones) differences.push(...(await compareZone(client, zone, localTime)));
  if (differences.length === 0) return ["ok", `PostgreSQL and Node agree on ${zones.join(", ")}`];
  const remedy = `Node has version ${process.versions.tz} of the timezone database; update the older of the two`;
  return ["warning", `PostgreSQL and Node disagree on ${differences.join("; ")}. ${remedy}`];
}

async function compareZone(client: pg.Client, zone: string, localTime: LocalTime): Promise<string[]> {
  const from = Math.floor(Date.now() / dayMs) * dayMs - daysEachWay * dayMs;
  const times = await readLocalTimes(client, zone, from, 2 * daysEachWay);
  const spans: { first: number; last: number }[] = [];
  times.forEach((local, day) => {
    if (local === localTime(zone, from + day * dayMs)) return;
    const span = spans.at(-1);
    if (span?.last === day - 1) span.last = day;
    else spans.push({ first: day, last: day });
  });
  const dateOf = (day: number): string => new Date(from + day * dayMs).toISOString().slice(0, 10);
  return spans.map(({ first, last }) => `${zone} from ${dateOf(first)} to ${dateOf(last)}`);
}
