import { addDays } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import { settledMs } from "../metrics/operation-metrics.ts";
import {
  findOpenResolutionDays,
  judgeResolutionDays,
  reserveResolutionDays,
} from "../storage/facts/keep-resolution-days.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { UpkeepTurn } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { rulesOf } from "../ingest/count-batch.ts";

/** Days of one statement: it takes as long as a report of a month would without them. */
const daysOfRound = 31;

/**
 * Judges the AI resolutions of days that are over for long enough, the latest first, and keeps what became of them. The
 * days are reserved before they are looked at, once the batches under way are through: a late event ends that, and
 * then what was found is not kept.
 * @returns the days that were looked at
 * @throws DutyTakenError if another receiver reserves days now; LockBusyError if the tenant was busy for longer than the turn allows
 */
export async function keepResolutionDays(
  client: WriterConnection,
  tenantId: string,
  turn: UpkeepTurn = {},
): Promise<readonly string[]> {
  // Mostly there is nothing to do, and nobody is held back.
  if ((await findOpenDays(client, tenantId)).days.length === 0) return [];
  const { reserved, calendar } = await reserveOpenDays(client, tenantId, turn);
  const [first, last] = [reserved[0], reserved.at(-1)];
  if (first === undefined || last === undefined) return [];
  const days: string[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  await judgeResolutionDays(client, tenantId, {
    days,
    startsMs: days.map((day) => calendar.startOfDay(day)),
    endMs: calendar.startOfDay(addDays(last, 1)),
  });
  return reserved;
}

interface OpenDays {
  readonly days: readonly string[];
  readonly calendar: BusinessCalendar;
}

/** Reserves days while no batch is under way, and by the settings that hold then. */
function reserveOpenDays(
  client: WriterConnection,
  tenantId: string,
  turn: UpkeepTurn,
): Promise<{ readonly reserved: readonly string[]; readonly calendar: BusinessCalendar }> {
  return inTransaction(client, { lock: { alone: tenantId }, ...turn }, async () => {
    const { days, calendar } = await findOpenDays(client, tenantId);
    const reserved = days.filter((day) => day > addDays(days.at(-1) as string, -daysOfRound));
    await reserveResolutionDays(
      client,
      tenantId,
      reserved.map((day) => ({
        day,
        fromMs: calendar.startOfDay(day),
        toMs: calendar.startOfDay(addDays(day, 1)),
      })),
    );
    return { reserved, calendar };
  });
}

/** Days that can be judged by their age and are not, in order. */
async function findOpenDays(client: WriterConnection, tenantId: string): Promise<OpenDays> {
  const { calendar, idleThroughMs } = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
  const { firstStartMs, done } = await findOpenResolutionDays(client, tenantId, idleThroughMs);
  const days: string[] = [];
  if (firstStartMs === null) return { days, calendar };
  for (let day = calendar.dayOf(firstStartMs); ; day = addDays(day, 1)) {
    if (calendar.startOfDay(addDays(day, 1)) + settledMs > idleThroughMs) return { days, calendar };
    if (!done.has(day)) days.push(day);
  }
}
