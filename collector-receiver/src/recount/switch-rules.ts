import { countingRules } from "../metrics/counting-rules.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { forgetKeptDays } from "../storage/facts/forget-kept-days.ts";
import { derivedTablesOf, operationTables } from "../storage/recount/derived-tables.ts";
import { refuseStandby } from "../storage/recount/open-snapshot-pair.ts";
import { replaceFacts, replaceSessionFacts } from "../storage/recount/replace-facts.ts";
import { dropShadowTables, dropTemporaryTables } from "../storage/recount/shadow-tables.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { readCountingRules, writeCountingRules } from "../storage/settings/write-counting-rules.ts";
import { translateSealedPeriods } from "../storage/recount/translate-sealed-periods.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { UpkeepTurn } from "../storage/wire/in-transaction.ts";
import { applySettings } from "../storage/wire/transaction-settings.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { applyTenantCorrections, stageTenantCorrections } from "./correct-counters.ts";
import { mendClaimsAlone } from "./mend-claims.ts";
import { translateSealedTickets } from "./translate-sealed-tickets.ts";
import { recountEvents } from "./recount-events.ts";

/**
 * Counts a tenant anew by this version's rules, if it is counted by older ones, and claims the ids that receivers before 0.3.0
 * stored. All of it is one transaction that has the tenant alone: readers see the numbers of the old rules until it commits,
 * and receivers of either version answer 503 for the tenant meanwhile. If it fails, nothing has changed. A tenant of newer rules
 * is left alone.
 * @param onProgress called with the number of events counted so far
 * @param turn how upkeep takes its turn; by hand, it takes what time it takes
 * @returns the number of events; null if there was nothing to do
 * @throws DutyTakenError or LockBusyError by `turn`; StandbyError
 */
export async function switchRules(
  connectionString: string,
  tenantId: string,
  onProgress: (events: number) => void = () => {},
  turn: UpkeepTurn = {},
): Promise<number | null> {
  const opening = [openWriterConnection(connectionString), openWriterConnection(connectionString)] as const;
  const [reader, writer] = await Promise.all(opening);
  try {
    await refuseStandby(writer, connectionString);
    return await inTransaction(writer, { lock: { alone: tenantId }, ...turn }, async () => {
      const from = await readCountingRules(writer, tenantId);
      if (from === null || from >= countingRules) return null;
      const ofTenant = await loadTenantRules(writer, [tenantId], true);
      const rules = rulesOf(ofTenant, tenantId);
      const { retainedFromMs } = rules;
      const sealedBefore = retainedFromMs === null ? null : rules.calendar.dayOf(retainedFromMs);
      if (sealedBefore !== null) {
        await translateSealedPeriods(writer, tenantId, sealedBefore);
        await translateSealedTickets(writer, rules);
      }
      await reader.query("begin isolation level repeatable read, read only");
      await applySettings(reader, {});
      const events = (await recountEvents(reader, writer, ofTenant, onProgress)).get(tenantId) ?? 0;
      await stageTenantCorrections(writer, rules);
      await replaceSessionFacts(writer, rules);
      for (const table of Object.values(operationTables)) await replaceFacts(writer, table, tenantId);
      await dropShadowTables(writer, derivedTablesOf([rules]));
      await applyTenantCorrections(writer, rules);
      await forgetKeptDays(writer, tenantId);
      // From here on no receiver of the older rules stores anything that is not claimed.
      await mendClaimsAlone(writer, rules);
      await writeCountingRules(writer, tenantId, countingRules, sealedBefore);
      await dropTemporaryTables(writer);
      return events;
    });
  } finally {
    await Promise.allSettled([reader.end(), writer.end()]);
  }
}
