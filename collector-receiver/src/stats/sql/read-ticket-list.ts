import type { Pool } from "pg";
import { maxTicketChanges } from "../../metrics/ticket-contribution.ts";
import type { InstantRange } from "./read-ticket-stock.ts";
import { ticketLists } from "../lists/ticket-lists.ts";
import type { TicketList } from "../lists/ticket-lists.ts";

export interface ListedTicket {
  readonly ticketId: number;
  readonly createdMs: number | null;
  readonly firstClosedMs: number | null;
  readonly lastReopenedMs: number | null;
}

/** A page of the tickets behind a figure, by number: from their changes, as the figure itself; no event is read. */
export async function readTicketList(
  pool: Pick<Pool, "query">,
  tenantId: string,
  query: {
    readonly list: TicketList;
    readonly range: InstantRange;
    readonly after: number | null;
    readonly limit: number;
  },
): Promise<ListedTicket[]> {
  const { list, range, after, limit } = query;
  const { rows } = await pool.query<{
    ticket_id: number;
    created: string | null;
    closed: string | null;
    reopened: string | null;
  }>({
    name: `web-read-ticket-list-${list}`,
    text: `
with ${judgedTickets}
select ticket_id, ${inMs("created_at")} as created, ${inMs("first_closed")} as closed, ${inMs("last_reopened")} as reopened
from judged
where ${ticketLists[list]} and ticket_id > $4::bigint
order by ticket_id
limit $5`,
    values: [
      tenantId,
      new Date(range.fromMs).toISOString(),
      new Date(range.toMs).toISOString(),
      after ?? leastId,
      limit,
    ],
  });
  const ms = (text: string | null): number | null => (text === null ? null : Number(text));
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    createdMs: ms(row.created),
    firstClosedMs: ms(row.closed),
    lastReopenedMs: ms(row.reopened),
  }));
}

/** Below every number that a ticket may have. */
const leastId = -2_147_483_649;
const inMs = (column: string): string => `trunc(extract(epoch from ${column}) * 1000)::text`;

/**
 * The walk of ticket-contribution.ts as SQL: at one instant a reopening comes before a close. A number with too many changes
 * is in no list, as it is in no figure.
 */
const judgedTickets = `judged as (
  select ticket.ticket_id, ticket.created_at, first_closed, last_reopened,
    ticket.created_at < $3::timestamptz
      and (closed_then is null or coalesce(reopened_then > closed_then, false)) as is_open,
    coalesce(ticket.first_assigned_at >= $3::timestamptz, true) as is_unassigned,
    first_closed >= $2::timestamptz and first_closed < $3::timestamptz as is_first_closed,
    last_reopened > first_closed as is_reopened,
    resolved >= $2::timestamptz and resolved < $3::timestamptz as is_resolved
  from analytics_tickets ticket
  cross join lateral (
    select count(*) as changes, min(changed_at) filter (where kind <> 'reopened') as first_closed,
      max(changed_at) filter (where kind = 'reopened') as last_reopened,
      max(changed_at) filter (where kind <> 'reopened' and changed_at < $3::timestamptz) as closed_then,
      max(changed_at) filter (where kind = 'reopened' and changed_at < $3::timestamptz) as reopened_then
    from (
      select kind, changed_at from analytics_ticket_changes c
      where c.tenant_id = ticket.tenant_id and c.ticket_id = ticket.ticket_id
      order by changed_at limit ${maxTicketChanges + 1}
    ) as change
  ) as walk
  left join lateral (
    select min(changed_at) as resolved from analytics_ticket_changes c
    where c.tenant_id = ticket.tenant_id and c.ticket_id = ticket.ticket_id and kind <> 'reopened'
      and (last_reopened is null or changed_at >= last_reopened)
  ) as resolution on true
  where ticket.tenant_id = $1 and changes <= ${maxTicketChanges}
)`;
