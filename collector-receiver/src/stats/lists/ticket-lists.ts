/**
 * The tickets behind a figure that is no flow: for each list the condition over what `ticketStockTables` judges of a
 * ticket. The same statement as the figure's; a test holds the length of each list against it.
 */
export const ticketLists = {
  ticket_backlog: "is_open",
  ticket_backlog_unassigned: "is_open and is_unassigned",
  tickets_reopened: "is_first_closed and is_reopened",
} as const;

export type TicketList = keyof typeof ticketLists;
export const ticketListNames = Object.keys(ticketLists) as TicketList[];

const listOfFigure: Readonly<Record<string, TicketList>> = {
  ticket_backlog: "ticket_backlog",
  ticket_backlog_unassigned: "ticket_backlog_unassigned",
  tickets_reopened: "tickets_reopened",
  ticket_reopen_rate: "tickets_reopened",
};

/** The list of tickets behind a figure; null where it is none of these. */
export function ticketListOf(figureKey: string): TicketList | null {
  return listOfFigure[figureKey] ?? null;
}
