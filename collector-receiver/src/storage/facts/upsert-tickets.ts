import type { IncomingTicket, TicketFacts } from "../../metrics/ticket-facts.ts";
import type { TicketHistory } from "../../metrics/ticket-contribution.ts";
import { batchOf, keepsGreatest, keepsLeast } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { BatchColumns } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { insertTicketChanges, readTicketChanges, ticketKey } from "./ticket-changes.ts";

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

/** The row of a ticket before its last merge; a new one was never seen. */
const previous = ["first_seen_at", "created_at", "first_assigned_at"];

const statement = batchStatement<TicketFacts>(
  "upsert-tickets",
  "analytics_tickets",
  {
    tenant_id: batchOf.text((fact) => fact.tenantId),
    ticket_id: batchOf.int4((fact) => fact.ticketId),
    ...ticketColumns,
  },
  { key: ["tenant_id", "ticket_id"], set: previous.map((column) => `prev_${column} = stored.${column}`) },
  `tenant_id, ticket_id, created_at, first_assigned_at, ${previous.map((column) => `prev_${column}`).join(", ")}`,
);

interface Row {
  readonly tenant_id: string;
  readonly ticket_id: number;
  readonly created_at: number | null;
  readonly first_assigned_at: number | null;
  readonly prev_first_seen_at: number | null;
  readonly prev_created_at: number | null;
  readonly prev_first_assigned_at: number | null;
}

/** The history of a ticket with a batch, and without it (null: the ticket is new). */
export interface MergedTicket {
  readonly tenantId: string;
  readonly ticketId: number;
  readonly now: TicketHistory;
  readonly before: TicketHistory | null;
}

/**
 * Merges what a batch says of its tickets, in one round trip. The upsert goes first: it holds the tickets' rows, so that nobody
 * else adds changes to those that are read after it until this transaction ends.
 * @param tickets each ticket once, sorted by (tenant, ticket)
 */
export async function upsertTickets(
  client: WriterConnection,
  tickets: readonly IncomingTicket[],
): Promise<MergedTicket[]> {
  const inserted = tickets.flatMap(({ changes }) => changes);
  const [{ rows }, stored] = await Promise.all([
    client.query<Row>(statement.of(tickets.map(({ facts }) => facts))),
    readTicketChanges(client, tickets),
    inserted.length > 0 ? insertTicketChanges(client, inserted) : undefined,
  ]);
  const incoming = new Map(tickets.map((ticket) => [ticketKey(ticket.facts.tenantId, ticket.facts.ticketId), ticket]));
  return rows.map((row) => {
    const key = ticketKey(row.tenant_id, row.ticket_id);
    const earlier = stored.get(key) ?? [];
    const added = incoming.get(key)?.changes ?? [];
    const ids = new Set(added.map(({ eventId }) => eventId));
    const changes = [...earlier.filter(({ eventId }) => !ids.has(eventId)), ...added];
    return {
      tenantId: row.tenant_id,
      ticketId: row.ticket_id,
      now: { createdMs: row.created_at, firstAssignedMs: row.first_assigned_at, changes },
      before:
        row.prev_first_seen_at === null
          ? null
          : {
              createdMs: row.prev_created_at,
              firstAssignedMs: row.prev_first_assigned_at,
              changes: earlier,
            },
    };
  });
}
