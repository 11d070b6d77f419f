import type { Pool } from "pg";
import type { EventPosition } from "../lists/event-position.ts";
import { eventColumns, listedEvent } from "../lists/listed-event.ts";
import type { EventRow, ListedEvent } from "../lists/listed-event.ts";

const firstId = "00000000-0000-0000-0000-000000000000";

/** The stored events of a ticket in order, by the index on (tenant_id, ticket_id, occurred_at, event_id). */
export async function readTicketEvents(
  pool: Pick<Pool, "query">,
  tenantId: string,
  ticketId: number,
  after: EventPosition | null,
  limit: number,
): Promise<ListedEvent[]> {
  const { rows } = await pool.query<EventRow>({
    name: "web-read-ticket-events",
    text: `
select ${eventColumns}
from analytics_events
where tenant_id = $1 and ticket_id = $2 and (occurred_at, event_id) > ($3::timestamptz, $4::uuid)
order by occurred_at, event_id
limit $5`,
    values: [tenantId, ticketId, new Date(after?.occurredAtMs ?? 0).toISOString(), after?.eventId ?? firstId, limit],
  });
  return rows.map(listedEvent);
}
