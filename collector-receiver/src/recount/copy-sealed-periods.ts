import { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { copySealedCounters } from "../storage/recount/copy-sealed-counters.ts";
import { copySealedOperations, readSealedTickets } from "../storage/recount/copy-sealed-operations.ts";
import { copySealedCustomMetrics } from "../storage/recount/copy-sealed-custom-metrics.ts";
import { copySealedSessions } from "../storage/recount/copy-sealed-sessions.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { readTicketHistories } from "../storage/recount/read-ticket-histories.ts";
import { addFactsContribution, addTicketContribution, rulesOf } from "../ingest/count-batch.ts";
import { writeCounters } from "../ingest/write-counters.ts";

/** Tenants whose rows begin at the same time, on the same business day. */
export interface AlikeTenants {
  readonly rules: ReadonlyMap<string, TenantRules>;
  readonly retainedFromMs: number | null;
}

/** What a recount cannot find in the rows, because retention dropped them, is taken as it is stored. */
export async function copySealedPeriods(
  writer: WriterConnection,
  { rules, retainedFromMs }: AlikeTenants,
): Promise<void> {
  const [first] = rules.values();
  if (retainedFromMs === null || first === undefined) return;
  const firstDay = first.calendar.dayOf(retainedFromMs);
  const tenantIds = [...rules.keys()];
  await copySealedCounters(writer, tenantIds, firstDay);
  await copySealedOperations(writer, tenantIds, retainedFromMs);
  const withCustom = tenantIds.filter((tenantId) => rules.get(tenantId)?.custom != null);
  if (withCustom.length > 0) await copySealedCustomMetrics(writer, withCustom, firstDay);
  const changes = new CounterChanges();
  for (const facts of await copySealedSessions(writer, tenantIds, retainedFromMs)) {
    addFactsContribution(changes, rulesOf(rules, facts.tenantId), facts, 1);
  }
  for (const [tenantId, ticketIds] of await readSealedTickets(writer, tenantIds, retainedFromMs)) {
    const ofTenant = rulesOf(rules, tenantId);
    const histories = await readTicketHistories(writer, "pg_temp", tenantId, ticketIds);
    for (const history of histories.values()) addTicketContribution(changes, ofTenant, history, 1);
  }
  await writeCounters(writer, changes);
}

/** Sorts tenants by what a recount of several at once has to have in common. */
export function groupAlike(rules: ReadonlyMap<string, TenantRules>): AlikeTenants[] {
  const keyOf = ({ calendar, retainedFromMs }: TenantRules): string =>
    retainedFromMs === null ? "" : `${retainedFromMs} ${calendar.dayOf(retainedFromMs)}`;
  return [...Map.groupBy(rules, ([, each]) => keyOf(each)).values()].map((alike) => ({
    rules: new Map(alike),
    retainedFromMs: alike[0]?.[1].retainedFromMs ?? null,
  }));
}
