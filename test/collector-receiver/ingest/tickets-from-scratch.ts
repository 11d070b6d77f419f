import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { localDay } from "./days-from-scratch.ts";

/** What tickets add on a day: a column, by how much, and (of what the agent of the resolving close has too) for whom. */
export interface TicketAmount {
  readonly tenantId: string;
  readonly day: string;
  readonly column: string;
  readonly amount: number;
  readonly agentId?: number | null;
}

/** Known resolution times of resolved tickets, in ms. */
export interface TicketDuration {
  readonly tenantId: string;
  readonly day: string;
  readonly ms: number;
}

/** A close of a ticket that was closed already. */
export interface ClosedAgain {
  readonly tenantId: string;
  readonly day: string;
  /** The name of its event. */
  readonly closedBy: string;
}

/** Words in which work is over: those that `arbitraryEvents` uses. */
const over = ["closed", "resolved", " 已解决 ", "canceled"];
const isOver = (word: unknown): boolean => over.includes(String(word).toLowerCase());

type Doing = "close" | "set" | "moved on" | "reopen" | "nothing";

function doingOf({ name, attributes: { from_status: from, to_status: to } }: BusinessEvent): Doing {
  if (name === "ticket.closed") return "close";
  if (name !== "ticket.status_changed" || to === undefined) return "nothing";
  const wasOpen = from !== undefined && !isOver(from);
  if (isOver(to)) return wasOpen ? "set" : "moved on";
  return wasOpen ? "nothing" : "reopen";
}

/** Closes between two reopenings. */
interface Stretch {
  readonly day: string;
  close: BusinessEvent | null;
  wasSet: boolean;
}

/** Tickets counted once as the definitions say, by replaying each ticket's events: nothing of the receiver's code is used. */
export function ticketsFromScratch(
  events: readonly BusinessEvent[],
  timezone: string,
): { readonly amounts: TicketAmount[]; readonly durations: TicketDuration[]; readonly closedAgain: ClosedAgain[] } {
  const amounts: TicketAmount[] = [];
  const durations: TicketDuration[] = [];
  const closedAgain: ClosedAgain[] = [];
  const told = events.filter(({ name, test }) => name.startsWith("ticket.") && !test);
  for (const own of Map.groupBy(told, ({ tenantId, ticketId }) => `${tenantId}|${ticketId}`).values()) {
    const { tenantId } = own[0] as BusinessEvent;
    const put = (day: string, column: string, amount: number, agentId?: number | null): void => {
      amounts.push({ tenantId, day, column, amount, ...(agentId === undefined ? {} : { agentId }) });
    };
    let first: Stretch | undefined;
    let current: Stretch | undefined;
    let reopened = false;
    for (const event of inOrder(own)) {
      const doing = doingOf(event);
      if (doing === "nothing") continue;
      if (doing === "reopen") {
        if (first !== undefined) reopened = true;
        current = undefined;
        continue;
      }
      const day = localDay(event.occurredAtMs, timezone);
      current ??= { day, close: null, wasSet: false };
      first ??= current;
      if ((doing === "close" && current.close !== null) || (doing === "set" && current.wasSet)) {
        put(day, "tickets_closed_again", 1);
        closedAgain.push({ tenantId, day, closedBy: event.name });
      }
      if (doing === "close") current.close ??= event;
      if (doing === "set") current.wasSet = true;
    }
    const hoursOf = (stretch: Stretch) => stretch.close?.attributes["resolution_duration_hours"] as number | undefined;
    if (current !== undefined) {
      const agentId = current.close?.agentId ?? null;
      const hours = hoursOf(current);
      const sla = current.close?.attributes["sla_met"];
      put(current.day, "tickets_resolved", 1, agentId);
      if (sla !== undefined) put(current.day, "sla_known", 1, agentId);
      if (sla === true) put(current.day, "resolved_in_sla", 1, agentId);
      if (hours !== undefined) {
        const ms = Math.round(hours * 3_600_000);
        put(current.day, "resolutions_timed", 1, agentId);
        put(current.day, "resolution_ms", ms, agentId);
        durations.push({ tenantId, day: current.day, ms });
      }
    }
    if (first !== undefined) {
      put(first.day, "first_resolutions", 1);
      if (reopened) put(first.day, "tickets_reopened", 1);
      const hours = hoursOf(first);
      if (hours !== undefined) {
        put(first.day, "first_resolutions_timed", 1);
        put(first.day, "first_resolution_ms", Math.round(hours * 3_600_000));
      }
    }
    let [open, unassigned] = [0, 0];
    for (const day of [...new Set(own.map((event) => localDay(event.occurredAtMs, timezone)))].toSorted()) {
      const [nowOpen, nowUnassigned] = stockAt(own.filter((event) => localDay(event.occurredAtMs, timezone) <= day));
      put(day, "backlog_change", nowOpen - open);
      put(day, "backlog_unassigned_change", nowUnassigned - unassigned);
      [open, unassigned] = [nowOpen, nowUnassigned];
    }
  }
  return { amounts: amounts.filter(({ amount }) => amount !== 0), durations, closedAgain };
}

/** The days on which a ticket's only close says that it took ten times, and ten minutes, more or less than it did. */
export function contradictedHours(
  events: readonly BusinessEvent[],
  timezone: string,
): { readonly tenantId: string; readonly day: string }[] {
  const told = events.filter(({ name, test }) => name.startsWith("ticket.") && !test);
  return [...Map.groupBy(told, ({ tenantId, ticketId }) => `${tenantId}|${ticketId}`).values()].flatMap((own) => {
    const created = own.filter(({ name }) => name === "ticket.created").map(({ occurredAtMs }) => occurredAtMs);
    const [close, ...more] = own.filter(({ name }) => name === "ticket.closed");
    const hours = close?.attributes["resolution_duration_hours"];
    if (close === undefined || created.length === 0 || more.length > 0 || typeof hours !== "number") return [];
    if (own.some((event) => doingOf(event) === "reopen")) return [];
    const minutes = [hours * 60, (close.occurredAtMs - Math.min(...created)) / 60_000].toSorted((a, b) => a - b);
    const [less, most] = minutes as [number, number];
    if (less < 0 || most <= 10 * less || most - less <= 10) return [];
    return [{ tenantId: close.tenantId, day: localDay(close.occurredAtMs, timezone) }];
  });
}

function inOrder(events: readonly BusinessEvent[]): BusinessEvent[] {
  const rank = (event: BusinessEvent): number => (doingOf(event) === "reopen" ? 0 : 1);
  return events.toSorted(
    (a, b) => a.occurredAtMs - b.occurredAtMs || rank(a) - rank(b) || (a.eventId < b.eventId ? -1 : 1),
  );
}

/** Whether a ticket is open after all of these events, and whether nobody has it then. */
function stockAt(events: readonly BusinessEvent[]): [open: number, unassigned: number] {
  const has = (name: string): boolean => events.some((event) => event.name === name);
  const last = inOrder(events)
    .filter((event) => doingOf(event) !== "nothing")
    .at(-1);
  const isOpen = has("ticket.created") && (last === undefined || doingOf(last) === "reopen");
  return [Number(isOpen), Number(isOpen && !has("ticket.assigned"))];
}
