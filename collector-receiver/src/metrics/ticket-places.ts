import { agentColumns, businessColumns } from "./counter-columns.ts";
import { ticketCounters } from "./ticket-contribution.ts";
import type { TicketCounterColumn } from "./ticket-contribution.ts";

/** Where each ticket counter stands in the rows of days and agents; -1: an agent's row has none. */
export const ticketPlaces = new Map(
  ticketCounters.map(({ column }): [TicketCounterColumn, { readonly businessAt: number; readonly agentAt: number }] => [
    column,
    {
      businessAt: businessColumns.findIndex((counter) => counter.column === column),
      agentAt: agentColumns.findIndex((counter) => counter.column === column),
    },
  ]),
);
