import type { TicketFacts } from "../../metrics/ticket-facts.ts";
import { int4Array, textArray, timestamptzArray } from "../wire/binary-array.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "upsert-tickets",
  text: `
    insert into analytics_tickets as t (tenant_id, ticket_id, first_seen_at, created_at, first_assigned_at,
      first_closed_at, last_closed_at, first_reopened_at, last_reopened_at)
    select * from unnest($1::text[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[],
      $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[])
    on conflict (tenant_id, ticket_id) do update set
      first_seen_at = least(t.first_seen_at, excluded.first_seen_at),
      created_at = least(t.created_at, excluded.created_at),
      first_assigned_at = least(t.first_assigned_at, excluded.first_assigned_at),
      first_closed_at = least(t.first_closed_at, excluded.first_closed_at),
      last_closed_at = greatest(t.last_closed_at, excluded.last_closed_at),
      first_reopened_at = least(t.first_reopened_at, excluded.first_reopened_at),
      last_reopened_at = greatest(t.last_reopened_at, excluded.last_reopened_at)`,
};

/**
 * Merges what a batch says of its tickets.
 * @param facts each ticket once, sorted by (tenant, ticket)
 */
export async function upsertTickets(client: WriterConnection, facts: readonly TicketFacts[]): Promise<void> {
  await client.query({
    ...statement,
    values: [
      textArray(facts, (fact) => fact.tenantId),
      int4Array(facts, (fact) => fact.ticketId),
      timestamptzArray(facts, (fact) => fact.firstSeenMs),
      timestamptzArray(facts, (fact) => fact.createdMs),
      timestamptzArray(facts, (fact) => fact.firstAssignedMs),
      timestamptzArray(facts, (fact) => fact.firstClosedMs),
      timestamptzArray(facts, (fact) => fact.lastClosedMs),
      timestamptzArray(facts, (fact) => fact.firstReopenedMs),
      timestamptzArray(facts, (fact) => fact.lastReopenedMs),
    ],
  });
}
