/**
 * The tickets behind a figure: for each list the condition over what `readTicketList` judges of a ticket. A test holds the
 * length of each list against the figure.
 */
export const ticketLists = {
  ticket_backlog: "is_open",
  ticket_backlog_unassigned: "is_open and is_unassigned",
  tickets_reopened: "is_first_closed and is_reopened",
  tickets_resolved: "is_resolved",
} as const;

export type TicketList = keyof typeof ticketLists;
export const ticketListNames = Object.keys(ticketLists) as TicketList[];

const listOfFigure: Readonly<Record<string, TicketList>> = {
  ticket_backlog: "ticket_backlog",
  ticket_backlog_unassigned: "ticket_backlog_unassigned",
  tickets_reopened: "tickets_reopened",
  ticket_reopen_rate: "tickets_reopened",
  tickets_resolved: "tickets_resolved",
  ticket_resolution_rate: "tickets_resolved",
  avg_resolution_hours: "tickets_resolved",
  resolution_time_p50_ms: "tickets_resolved",
  resolution_time_p90_ms: "tickets_resolved",
  resolution_time_business_p50_ms: "tickets_resolved",
  resolution_time_business_p90_ms: "tickets_resolved",
  sla_met_rate: "tickets_resolved",
  resolved_in_sla: "tickets_resolved",
};

/** The list of tickets behind a figure; null if it is none of these. */
export function ticketListOf(figureKey: string): TicketList | null {
  return listOfFigure[figureKey] ?? null;
}
