export const ticketPriorities = ["urgent", "high", "normal", "low"] as const;
export type TicketPriority = (typeof ticketPriorities)[number];
export const ticketStatuses = ["open", "in_progress", "pending", "resolved", "closed"] as const;
export type TicketStatus = (typeof ticketStatuses)[number];

/** Hours within which a ticket has to be closed, from the time the customer wrote. */
export const slaHours: Readonly<Record<TicketPriority, number>> = { urgent: 4, high: 8, normal: 24, low: 72 };

export interface Ticket {
  readonly id: number;
  readonly subject: string;
  readonly type: string;
  readonly source: string;
  priority: TicketPriority;
  readonly sessionId: string | null;
  /** When the customer wrote: earlier than the ticket for mail that had to be read first. */
  readonly receivedAt: number;
  status: TicketStatus;
  assigneeId: number | null;
}

export interface NewTicket {
  readonly subject: string;
  readonly type: string;
  readonly source: string;
  readonly priority: TicketPriority;
  readonly sessionId: string | null;
  readonly receivedAt: number;
  readonly assigneeId: number | null;
}

/** The tickets of this process, in memory. Numbers go on from the clock, so that none comes twice. */
export class Tickets {
  readonly #tickets = new Map<number, Ticket>();
  #lastId: number;

  constructor(now = Date.now()) {
    this.#lastId = Math.floor((now - Date.UTC(2025, 0, 1)) / 1_000) + 10_000_000;
  }

  create(ticket: NewTicket): Ticket {
    const created: Ticket = { ...ticket, id: ++this.#lastId, status: "open" };
    this.#tickets.set(created.id, created);
    return created;
  }

  find(ticketId: number): Ticket | undefined {
    return this.#tickets.get(ticketId);
  }

  /** Closes a ticket and judges the service level by its priority. */
  close(ticket: Ticket, now = Date.now()): { resolutionHours: number; slaMet: boolean } {
    ticket.status = "closed";
    const hours = Math.max(0, now - ticket.receivedAt) / 3_600_000;
    return { resolutionHours: Math.round(hours * 10_000) / 10_000, slaMet: hours <= slaHours[ticket.priority] };
  }
}
