import { addDays } from "../metrics/business-calendar.ts";
import { settledMs } from "../metrics/operation-metrics.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { findOpenResolutionDays, judgeResolutionDays, markResolutionDays } from "../storage/keep-resolution-days.ts";
import { loadTenantRules } from "../storage/load-tenant-rules.ts";
import { lockIngestExclusive } from "../storage/lock-ingest.ts";
import type { WriterConnection } from "../storage/writer-connection.ts";
import { rulesOf } from "./count-batch.ts";

/** Days of one statement: it takes as long as a report of a month would without them. */
const daysOfRound = 31;

/**
 * Judges the AI resolutions of days that are over for long enough, the latest first, and keeps what became of them. The
 * days are marked before they are looked at, once the batches under way are through: a late event takes the mark away, and
 * then what was found is not kept.
 * @returns the days that were looked at
 */
export async function keepResolutionDays(client: WriterConnection, tenantId: string): Promise<readonly string[]> {
  const rules = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
  const open = await findOpenDays(client, rules);
  const last = open.at(-1);
  if (last === undefined) return [];
  const marked = open.filter((day) => day > addDays(last, -daysOfRound));
  const starts = (day: string): number => rules.calendar.startOfDay(day);
  try {
    await Promise.all([client.query("begin"), lockIngestExclusive(client)]);
    await markResolutionDays(
      client,
      tenantId,
      marked.map((day) => ({ day, fromMs: starts(day), toMs: starts(addDays(day, 1)) })),
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
  const days: string[] = [];
  for (let day = marked[0] as string; day <= last; day = addDays(day, 1)) days.push(day);
  await judgeResolutionDays(client, tenantId, { days, startsMs: days.map(starts), endMs: starts(addDays(last, 1)) });
  return marked;
}

/** Days that can be judged by their age and are not, in order. */
async function findOpenDays(client: WriterConnection, rules: TenantRules): Promise<string[]> {
  const { tenantId, calendar, idleThroughMs } = rules;
  const { firstStartMs, done } = await findOpenResolutionDays(client, tenantId, idleThroughMs);
  const open: string[] = [];
  if (firstStartMs === null) return open;
  for (let day = calendar.dayOf(firstStartMs); ; day = addDays(day, 1)) {
    if (calendar.startOfDay(addDays(day, 1)) + settledMs > idleThroughMs) return open;
    if (!done.has(day)) open.push(day);
  }
}
