import { addMonths, businessCalendarOf, monthOf } from "../metrics/business-calendar.ts";
import { foldSealedWords } from "../storage/counters/fold-sealed-words.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import { applyRetention, dropOldPartitions, type RetentionBound } from "../storage/settings/retention-plans.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

/**
 * Where what is kept begins: the start of the business month that lies `months` months before the one
 * of `nowMs`.
 */
export function retentionStart(timezone: string, months: number, nowMs: number): number {
  const calendar = businessCalendarOf(timezone);
  return calendar.startOfDay(`${addMonths(monthOf(calendar.dayOf(nowMs)), -months)}-01`);
}

/**
 * Carries out the announcements of this RETENTION_MONTHS that are due. In one transaction, which holds all batches back,
 * earlier periods are sealed (older events are rejected from now on, and counters are final) and the partitions that no tenant
 * keeps are dropped.
 * @param maxLockWaitMs how long batches may keep it waiting
 * @throws DutyTakenError if another receiver does it now; LockBusyError if batches kept it waiting for longer
 * @throws PostgreSQL's 55P03 if a reader holds the table for more than 2 s: nothing was done, try again later
 */
export function applyDueRetention(
  client: WriterConnection,
  months: number,
  maxLockWaitMs?: number,
): Promise<{ readonly sealed: readonly RetentionBound[]; readonly dropped: readonly string[] }> {
  return inTransaction(client, { lock: "database", duty: "retention", maxLockWaitMs }, async () => {
    const sealed = await applyRetention(client, months);
    if (sealed.length > 0) await foldSealedWords(client, await firstDaysOf(client, sealed));
    const dropped = sealed.length > 0 ? await dropOldPartitions(client) : [];
    return { sealed, dropped };
  });
}

/** The first business day of each tenant that is kept. */
async function firstDaysOf(client: WriterConnection, sealed: readonly RetentionBound[]) {
  const rules = await loadTenantRules(
    client,
    sealed.map(({ tenantId }) => tenantId),
    true,
  );
  return sealed.flatMap(({ tenantId, retainedFromMs }) => {
    const calendar = rules.get(tenantId)?.calendar;
    return calendar === undefined || retainedFromMs === null
      ? []
      : [{ tenantId, firstDay: calendar.dayOf(retainedFromMs) }];
  });
}
