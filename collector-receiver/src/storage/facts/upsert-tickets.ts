import type { TicketFacts } from "../../metrics/ticket-facts.ts";
import { batchOf, keepsGreatest, keepsLeast } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { BatchColumns } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** The facts of `analytics_tickets`, each with its merge. */
export const ticketColumns = {
  first_seen_at: batchOf.time((fact) => fact.firstSeenMs, keepsLeast),
  created_at: batchOf.time((fact) => fact.createdMs, keepsLeast),
  first_assigned_at: batchOf.time((fact) => fact.firstAssignedMs, keepsLeast),
  first_closed_at: batchOf.time((fact) => fact.firstClosedMs, keepsLeast),
  last_closed_at: batchOf.time((fact) => fact.lastClosedMs, keepsGreatest),
  first_reopened_at: batchOf.time((fact) => fact.firstReopenedMs, keepsLeast),
  last_reopened_at: batchOf.time((fact) => fact.lastReopenedMs, keepsGreatest),
} satisfies BatchColumns<TicketFacts>;

const statement = batchStatement<TicketFacts>(
  "upsert-tickets",
  "analytics_tickets",
  {
    tenant_id: batchOf.text((fact) => fact.tenantId),
    ticket_id: batchOf.int4((fact) => fact.ticketId),
    ...ticketColumns,
  },
  { key: ["tenant_id", "ticket_id"] },
);

/**
 * Merges what a batch says of its tickets.
 * @param facts each ticket once, sorted by (tenant, ticket)
 */
export async function upsertTickets(client: WriterConnection, facts: readonly TicketFacts[]): Promise<void> {
  await client.query(statement.of(facts));
}
