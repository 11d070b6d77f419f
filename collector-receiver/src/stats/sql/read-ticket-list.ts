import type { Pool } from "pg";
import { maxTicketChanges } from "../../metrics/ticket-contribution.ts";
import { partOf, partSql } from "../lists/list-order.ts";
import type { ListOrder, ListPart, SortedColumn } from "../lists/list-order.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";
import { ticketLists } from "../lists/ticket-lists.ts";
import type { TicketList } from "../lists/ticket-lists.ts";

export interface ListedTicket {
  readonly ticketId: number;
  readonly createdMs: number | null;
  /** When it was resolved, after its last reopening; null if it is open. */
  readonly resolvedMs: number | null;
  readonly lastReopenedMs: number | null;
  /** From its creation to its resolution, or to the end of the range; null: nobody told when it was created. */
  readonly ageMs: number | null;
  readonly priority: string | null;
  /** The agent whom it was assigned to last, up to the end of the range. */
  readonly assigneeId: number | null;
  /** Of the first `ticket.closed` after its last reopening. */
  readonly slaMet: boolean | null;
  /** What the list is sorted by. */
  readonly key: string;
}

/** By which the tickets can be sorted. */
export const ticketSorts = ["number", "age"] as const;
export type TicketSort = (typeof ticketSorts)[number];

export interface TicketListQuery {
  readonly list: TicketList;
  readonly range: InstantRange;
  /** Null: of any priority. */
  readonly priority: string | null;
  readonly order: ListOrder<TicketSort>;
  readonly limit: number;
}

interface Row {
  ticket_id: number;
  created: string | null;
  resolved: string | null;
  reopened: string | null;
  age: string | null;
  priority: string | null;
  assignee: number | null;
  sla_met: boolean | null;
  key: string;
}

/** A part of the tickets behind a figure: from their changes, as the figure itself; events are read of the part alone. */
export async function readTicketList(
  pool: Pick<Pool, "query">,
  tenantId: string,
  query: TicketListQuery,
): Promise<ListPart<ListedTicket>> {
  const { range, priority, order, limit } = query;
  const { rows } = await pool.query<Row>({
    text: ticketListSql(query),
    values: [
      tenantId,
      new Date(range.fromMs).toISOString(),
      new Date(range.toMs).toISOString(),
      // One more than is shown says whether there is another page.
      limit + 1,
      priority,
      order.from?.key ?? null,
      order.from?.id ?? null,
    ],
  });
  const ms = (text: string | null): number | null => (text === null ? null : Number(text));
  const tickets = rows.map((row) => ({
    ticketId: row.ticket_id,
    createdMs: ms(row.created),
    resolvedMs: ms(row.resolved),
    lastReopenedMs: ms(row.reopened),
    ageMs: ms(row.age),
    priority: row.priority,
    assigneeId: row.assignee,
    slaMet: row.sla_met,
    key: row.key,
  }));
  return partOf(tickets, limit, order, ({ key, ticketId }) => ({ key, id: String(ticketId) }));
}

const inMs = (column: string): string => `trunc(extract(epoch from ${column}) * 1000)::bigint`;
const age = inMs("case when is_open then $3::timestamptz else resolved end - created_at");
const asNumber = (text: string): string => `${text}::bigint`;

const columns: Readonly<Record<TicketSort, SortedColumn>> = {
  number: { ascending: "ticket_id", descending: "ticket_id", keyFrom: asNumber, idFrom: asNumber },
  age: {
    ascending: `coalesce(${age}, ${Number.MAX_SAFE_INTEGER})`,
    descending: `coalesce(${age}, ${Number.MIN_SAFE_INTEGER})`,
    keyFrom: asNumber,
    idFrom: asNumber,
  },
};

/** @returns SQL with 7 parameters, in the order of `readTicketList` */
function ticketListSql({ list, order }: TicketListQuery): string {
  const part = partSql(order, columns[order.by], "ticket_id", { key: "$6", id: "$7" });
  const firstOf = "order by e.occurred_at, e.event_id limit 1";
  return `
with ${judgedTickets}, shown as (
  select judged.*, ${part.key} as key, ${age} as age
  from judged
  where ${ticketLists[list]} and ${part.condition}
    and ($5::text is null or exists (select from analytics_events e
      where e.tenant_id = $1 and e.ticket_id = judged.ticket_id and e.occurred_at = judged.created_at
        and e.event_name = 'ticket.created' and lower(e.event_data ->> 'priority') = lower($5)))
  order by ${part.key} ${part.direction}, ticket_id ${part.direction} limit $4
)
select ticket_id, ${inMs("created_at")}::text as created, case when not is_open then ${inMs("resolved")}::text end as resolved,
  ${inMs("last_reopened")}::text as reopened, age::text, told.priority, assigned.assignee, close.sla_met, key::text
from shown
left join lateral (
  select event_data ->> 'priority' as priority from analytics_events e
  where e.tenant_id = $1 and e.ticket_id = shown.ticket_id and e.occurred_at = shown.created_at
    and e.event_name = 'ticket.created' ${firstOf}
) as told on true
left join lateral (
  select (event_data ->> 'to_agent_id')::numeric::int as assignee from analytics_events e
  where e.tenant_id = $1 and e.ticket_id = shown.ticket_id and e.occurred_at < $3::timestamptz
    and e.event_name = 'ticket.assigned' and jsonb_typeof(event_data -> 'to_agent_id') = 'number'
  order by e.occurred_at desc, e.event_id desc limit 1
) as assigned on true
left join lateral (
  select sla_met from analytics_ticket_changes c
  where c.tenant_id = $1 and c.ticket_id = shown.ticket_id and c.kind = 'closed' and not shown.is_open
    and (shown.last_reopened is null or c.changed_at >= shown.last_reopened)
  order by c.changed_at, c.event_id limit 1
) as close on true
order by key ${part.direction}, ticket_id ${part.direction}`;
}

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
    resolved, resolved >= $2::timestamptz and resolved < $3::timestamptz as is_resolved
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
