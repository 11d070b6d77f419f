import { lateAfterMs } from "../metrics/agent-states.ts";
import { addDays } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import { findOpenAgentDays, judgeAgentDays, reserveAgentDays } from "../storage/facts/keep-agent-days.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { UpkeepTurn } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { rulesOf } from "../ingest/count-batch.ts";

/** Days of one statement: of many thousand agents, each takes about half a second. */
const daysOfRound = 10;

/**
 * Keeps the time of each agent on days that can change by late events alone, the latest first. The days are reserved before
 * they are looked at, once the batches under way are through: a late event ends that, and then what was found is not kept.
 * @returns the days that were looked at
 * @throws DutyTakenError if another receiver keeps days now; LockBusyError if the tenant was busy for longer than the turn allows
 */
export async function keepAgentDays(
  client: WriterConnection,
  tenantId: string,
  turn: UpkeepTurn = {},
): Promise<readonly string[]> {
  // Mostly there is nothing to do, and nobody is held back.
  if ((await findOpenDays(client, tenantId)).days.length === 0) return [];
  const reserved = await inTransaction(client, { lock: { alone: tenantId }, ...turn }, async () => {
    const { days, calendar } = await findOpenDays(client, tenantId);
    const latest = days.slice(-daysOfRound);
    await reserveAgentDays(
      client,
      tenantId,
      latest.map((day) => ({
        day,
        fromMs: calendar.startOfDay(day),
        toMs: calendar.startOfDay(addDays(day, 1)),
      })),
    );
    return latest;
  });
  // The duty is held on, but not the tenant: its batches go on.
  const { duty } = turn;
  if (reserved.length > 0) await inTransaction(client, { duty }, () => judgeAgentDays(client, tenantId, reserved));
  return reserved;
}

/** Days that can be kept by their age and are not, in order. */
async function findOpenDays(
  client: WriterConnection,
  tenantId: string,
): Promise<{ readonly days: readonly string[]; readonly calendar: BusinessCalendar }> {
  const { calendar } = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
  const { firstDay, closedMs, kept } = await findOpenAgentDays(client, tenantId, lateAfterMs);
  const days: string[] = [];
  if (firstDay === null) return { days, calendar };
  for (let day = firstDay; ; day = addDays(day, 1)) {
    if (calendar.startOfDay(addDays(day, 1)) > closedMs) return { days, calendar };
    if (!kept.has(day)) days.push(day);
  }
}
