import { CounterChanges } from "../metrics/counter-changes.ts";
import { contributionOf } from "../metrics/session-contribution.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { copySealedCounters } from "../storage/recount/copy-sealed-counters.ts";
import { copySealedOperations } from "../storage/recount/copy-sealed-operations.ts";
import { copySealedCustomMetrics } from "../storage/recount/copy-sealed-custom-metrics.ts";
import { copySealedSessions } from "../storage/recount/copy-sealed-sessions.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { writeCounters } from "../ingest/write-counters.ts";

/** What a recount cannot find in the rows, because retention dropped them, is taken as it is stored. */
export async function copySealedPeriods(writer: WriterConnection, rules: TenantRules): Promise<void> {
  const { tenantId, retainedFromMs, calendar } = rules;
  if (retainedFromMs === null) return;
  await copySealedCounters(writer, tenantId, calendar.dayOf(retainedFromMs));
  await copySealedOperations(writer, tenantId, retainedFromMs);
  if (rules.custom !== null) await copySealedCustomMetrics(writer, tenantId, calendar.dayOf(retainedFromMs));
  const changes = new CounterChanges();
  for (const facts of await copySealedSessions(writer, tenantId, retainedFromMs)) {
    const contribution = contributionOf(facts, rules);
    if (contribution) changes.addContribution(tenantId, contribution, 1);
  }
  await writeCounters(writer, changes);
}
