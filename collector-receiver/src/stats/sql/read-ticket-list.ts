import type { Pool } from "pg";
import { ticketStockTables } from "./read-ticket-stock.ts";
import type { InstantRange } from "./read-ticket-stock.ts";
import { ticketLists } from "../lists/ticket-lists.ts";
import type { TicketList } from "../lists/ticket-lists.ts";

export interface ListedTicket {
  readonly ticketId: number;
  readonly createdMs: number | null;
  readonly firstClosedMs: number | null;
  readonly lastReopenedMs: number | null;
}

/** A page of the tickets behind a figure, by number: from the facts of tickets, as the figure itself; no event is read. */
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
with ${ticketStockTables({ tenant: "$1", ranges })}
select ticket_id, ${inMs("created_at")} as created, ${inMs("first_closed_at")} as closed,
  ${inMs("last_reopened_at")} as reopened
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
const ranges = "select 1 as place, $2::timestamptz as from_at, $3::timestamptz as to_at";
const inMs = (column: string): string => `trunc(extract(epoch from ${column}) * 1000)::text`;
