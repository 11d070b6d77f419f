import { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { readDriftedTickets } from "../storage/recount/drifted-tickets.ts";
import { readTicketHistories } from "../storage/recount/read-ticket-histories.ts";
import type { HistorySide } from "../storage/recount/read-ticket-histories.ts";
import { forgetTickets } from "../storage/recount/replace-operations.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { upsertTickets } from "../storage/facts/upsert-tickets.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import type { Sign } from "../metrics/counter-changes.ts";
import { addTicketContribution, gatherTickets, rulesOf } from "../ingest/count-batch.ts";
import { writeCounters } from "../ingest/write-counters.ts";

/** Tickets of one slice, for which the tenant has no batches. */
const sliceTickets = 500;

/** Moves the shadow counters from what the true histories of tickets give to what the stored ones give. */
export async function countStoredTicketsInstead(writer: WriterConnection, rules: TenantRules): Promise<void> {
  for await (const ticketIds of driftedSlices(writer)) {
    const changes = new CounterChanges();
    await addHistories(writer, "pg_temp", rules, ticketIds, -1, changes);
    await addHistories(writer, "public", rules, ticketIds, 1, changes);
    await writeCounters(writer, changes);
  }
}

/**
 * Replaces the tickets that drifted in the snapshot by what their events say now, in short slices that hold the tenant's
 * batches back, and moves the counters by it. What is sealed stays, and what is left of its events merges into it.
 */
export async function replaceDriftedTickets(writer: WriterConnection, tenantId: string): Promise<void> {
  for await (const ticketIds of driftedSlices(writer)) {
    await inTransaction(writer, { lock: { alone: tenantId } }, async () => {
      const rules = rulesOf(await loadTenantRules(writer, [tenantId]), tenantId);
      const changes = new CounterChanges();
      await addHistories(writer, "public", rules, ticketIds, -1, changes);
      const tickets = gatherTickets(
        await forgetTickets(writer, tenantId, ticketIds, rules.retainedFromMs),
        new Map([[tenantId, rules]]),
      );
      if (tickets.length > 0) await upsertTickets(writer, tickets);
      await addHistories(writer, "public", rules, ticketIds, 1, changes);
      await writeCounters(writer, changes);
    });
  }
}

async function addHistories(
  writer: WriterConnection,
  side: HistorySide,
  rules: TenantRules,
  ticketIds: readonly number[],
  sign: Sign,
  changes: CounterChanges,
): Promise<void> {
  const histories = await readTicketHistories(writer, side, rules.tenantId, ticketIds);
  for (const history of histories.values()) addTicketContribution(changes, rules, history, sign);
}

async function* driftedSlices(writer: WriterConnection): AsyncGenerator<number[]> {
  let after: number | null = null;
  for (;;) {
    const slice = await readDriftedTickets(writer, after, sliceTickets);
    if (slice.length === 0) return;
    yield slice;
    after = slice.at(-1) as number;
  }
}
