import { addMonths, businessCalendarOf, monthOf } from "../metrics/business-calendar.ts";
import { lockIngestExclusive } from "../storage/lock-ingest.ts";
import { advanceRetainedFrom, dropOldPartitions } from "../storage/seal-tenant.ts";
import { writeAudit } from "../storage/write-audit.ts";
import type { WriterConnection } from "../storage/writer-connection.ts";

/**
 * Where what is kept begins: the start of the business month that lies `months` months before the one
 * of `nowMs`.
 */
export function retentionStart(timezone: string, months: number, nowMs: number): number {
  const calendar = businessCalendarOf(timezone);
  return calendar.startOfDay(`${addMonths(monthOf(calendar.dayOf(nowMs)), -months)}-01`);
}

/**
 * Seals what lies before a time, for one tenant: from now on older events are rejected, and the counters
 * of the periods before are final. Sessions that are open still have been settled by then or stay open.
 * @returns whether anything was sealed that was not before
 */
export async function sealBefore(client: WriterConnection, tenantId: string, retainedFromMs: number): Promise<boolean> {
  return inExclusiveTransaction(client, async () => {
    const sealed = await advanceRetainedFrom(client, tenantId, retainedFromMs);
    if (sealed) {
      const details = { retained_from: new Date(retainedFromMs).toISOString() };
      await writeAudit(client, { tenantId, action: "retention", details });
    }
    return sealed;
  });
}

/**
 * Drops the partitions that no tenant keeps.
 * @returns their names
 * @throws PostgreSQL's 55P03 where a reader held the table for more than 2 s: try again later
 */
export async function dropUnkeptPartitions(client: WriterConnection): Promise<string[]> {
  return inExclusiveTransaction(client, () => dropOldPartitions(client));
}

async function inExclusiveTransaction<Result>(client: WriterConnection, work: () => Promise<Result>): Promise<Result> {
  await client.query("begin");
  try {
    await lockIngestExclusive(client);
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}
