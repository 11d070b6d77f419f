import { addMonths } from "../metrics/business-calendar.ts";
import { isSettledPeriod } from "../metrics/settled-period.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { findUnsettledMonths, keepSettledMonths } from "../storage/counters/settled-months.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

/**
 * Remembers what each month of a tenant says when it is found settled, once: what it says later is compared with that. Any
 * number of receivers may do so at once.
 * @returns the months that were settled, in order
 */
export async function rememberSettledMonths(client: WriterConnection, tenantId: string): Promise<string[]> {
  const months = await findUnsettledMonths(client, tenantId);
  if (months.length === 0) return [];
  const rules = rulesOf(await loadTenantRules(client, [tenantId]), tenantId);
  const settled = months
    .filter(({ month, ...counters }) => {
      const endMs = rules.calendar.startOfDay(`${addMonths(month, 1)}-01`);
      return isSettledPeriod(endMs, counters, rules);
    })
    .map(({ month }) => month);
  if (settled.length > 0) await keepSettledMonths(client, tenantId, settled);
  return settled;
}
