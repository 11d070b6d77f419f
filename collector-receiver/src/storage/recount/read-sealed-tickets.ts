import { instantOf } from "../wire/instant-of.ts";
import type { TicketFacts } from "../../metrics/ticket-facts.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Facts of sealed tickets after `after` (null: from the first one), in the order of their numbers, at most `limit`. */
export async function readSealedTicketFacts(
  client: WriterConnection,
  tenantId: string,
  retainedFromMs: number,
  after: number | null,
  limit: number,
): Promise<TicketFacts[]> {
  const { rows } = await client.query<TicketFacts>({
    text: `
      select tenant_id as "tenantId", ticket_id as "ticketId", first_seen_at as "firstSeenMs", created_at as "createdMs",
        first_assigned_at as "firstAssignedMs", first_closed_at as "firstClosedMs", last_closed_at as "lastClosedMs",
        first_reopened_at as "firstReopenedMs", last_reopened_at as "lastReopenedMs"
      from public.analytics_tickets
      where tenant_id = $1 and first_seen_at < ${instantOf("$2")}
        and ($3::int is null or ticket_id > $3)
      order by ticket_id limit $4`,
    values: [tenantId, retainedFromMs, after, limit],
  });
  return rows;
}
