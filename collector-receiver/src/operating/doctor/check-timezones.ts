import type pg from "pg";
import { findUnknownTimezones } from "../../storage/server/find-unknown-timezones.ts";
import { readLocalTimes } from "../../storage/server/read-local-times.ts";
import { readStoredTimezones } from "../../storage/settings/store-timezones.ts";
import { describeChange, knownTimezone } from "../../upkeep/keep-timezones.ts";
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
 * Compares what is stored of the timezones of all tenants with Node, and then PostgreSQL with Node, two years back and two ahead.
 * Each has its own copy of the timezone database, and governments change their rules at short notice.
 */
export async function checkTimezones(
  client: pg.Client,
  businessTimezone: string,
  localTime: LocalTime = localTimeOfNode,
): Promise<Result> {
  const stored = [...(await readStoredTimezones(client, [businessTimezone]))].slice(0, maxZones);
  const changes = stored.flatMap(([zone, said]) =>
    said === undefined ? [] : (describeChange(zone, said, knownTimezone(zone)) ?? []),
  );
  if (changes.length > 0) return ["warning", changes.join("; ")];
  const zones = stored.map(([zone]) => zone);
  const unknown = await findUnknownTimezones(client, zones);
  const differences = [...unknown].map((zone) => `${zone}, which PostgreSQL does not have`);
  for (const zone of zones) if (!unknown.has(zone)) differences.push(...(await compareZone(client, zone, localTime)));
  if (differences.length === 0) return ["ok", `PostgreSQL and Node agree on ${zones.join(", ")}`];
  const consequence =
    `Counters, pages and dashboards all go by Node's, version ${process.versions["tz"]}; SQL of your own does ` +
    "with spanledger_day_of(timezone, instant)";
  return ["warning", `PostgreSQL and Node disagree on ${differences.join("; ")}. ${consequence}`];
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
