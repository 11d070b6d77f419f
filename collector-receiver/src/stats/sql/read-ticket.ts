import type { Pool } from "pg";
import type { TicketChangeKind } from "../../metrics/ticket-changes.ts";
import { maxTicketChanges } from "../../metrics/ticket-contribution.ts";
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

/** What the events of a ticket did to it, by event id: as it was counted, by the words of its product. */
export async function readTicketKinds(
  pool: Pick<Pool, "query">,
  tenantId: string,
  ticketId: number,
): Promise<Map<string, TicketChangeKind>> {
  const { rows } = await pool.query<{ event_id: string; kind: TicketChangeKind }>({
    name: "web-read-ticket-kinds",
    text: `
select event_id, kind from analytics_ticket_changes
where tenant_id = $1 and ticket_id = $2 order by changed_at, event_id limit ${maxTicketChanges}`,
    values: [tenantId, ticketId],
  });
  return new Map(rows.map((row) => [row.event_id, row.kind]));
}
