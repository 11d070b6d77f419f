import type { Pool } from "pg";

/** Instants in ms; the end is not included. */
export interface InstantRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TicketStock {
  /** Tickets whose first close lies in the range, and those of them that were reopened since. */
  readonly firstClosed: number;
  readonly reopened: number;
  /** Tickets that are open at the end of the range, and those of them that nobody was assigned to. */
  readonly open: number;
  readonly unassigned: number;
}

/** What became of tickets in each range, from their facts, in the order asked for. */
export async function readTicketStock(
  pool: Pick<Pool, "query">,
  tenantId: string,
  ranges: readonly InstantRange[],
): Promise<TicketStock[]> {
  const { rows } = await pool.query<Record<keyof TicketStock | "place", number>>({
    name: "stats-read-ticket-stock",
    text: readTicketStockSql,
    values: [tenantId, ranges.map((range) => range.fromMs), ranges.map((range) => range.toMs)],
  });
  return ranges.map((_, index) => {
    const row = rows.find(({ place }) => place === index + 1);
    return row ?? { firstClosed: 0, reopened: 0, open: 0, unassigned: 0 };
  });
}

/** From its first reopening on, a ticket is closed only where its last close is known to have come after a reopening. */
const isOver = `(ticket.first_closed_at < to_at and (
  ticket.first_reopened_at is null or ticket.first_reopened_at >= to_at
  or (ticket.last_closed_at < to_at
    and (ticket.last_reopened_at <= ticket.last_closed_at or ticket.last_reopened_at >= to_at))))`;

/**
 * Common table expressions that end with `judged`, a row for each ticket and range: what `readTicketStock` counts,
 * for others who ask PostgreSQL for the same numbers.
 * @param from SQL of the tenant and of the ranges (place, from_at, to_at)
 */
export function ticketStockTables({ tenant, ranges }: { readonly tenant: string; readonly ranges: string }): string {
  return `wanted as (
  ${ranges}
), judged as (
  select place, ticket.ticket_id, ticket.created_at, ticket.first_closed_at, ticket.last_reopened_at,
    ticket.created_at < to_at and coalesce(not ${isOver}, true) as is_open,
    coalesce(ticket.first_assigned_at >= to_at, true) as is_unassigned,
    ticket.first_closed_at >= from_at and ticket.first_closed_at < to_at as is_first_closed,
    ticket.last_reopened_at > ticket.first_closed_at as is_reopened
  from analytics_tickets ticket cross join wanted
  where ticket.tenant_id = ${tenant}
)`;
}

const askedRanges = `select place::int as place, timestamptz 'epoch' + from_ms * interval '1 millisecond' as from_at,
    timestamptz 'epoch' + to_ms * interval '1 millisecond' as to_at
  from unnest($2::bigint[], $3::bigint[]) with ordinality as wanted (from_ms, to_ms, place)`;

const readTicketStockSql = `
with ${ticketStockTables({ tenant: "$1", ranges: askedRanges })}
select place, count(*) filter (where is_first_closed)::int as "firstClosed",
  count(*) filter (where is_first_closed and is_reopened)::int as reopened,
  count(*) filter (where is_open)::int as open,
  count(*) filter (where is_open and is_unassigned)::int as unassigned
from judged group by place
`;
