import type { BusinessEventName } from "@spanledger/sdk";
import type { HistoryEvent, Narrate } from "./history-event.ts";
import { narrateSession } from "./narrate-session.ts";
import { narrateShift } from "./narrate-shifts.ts";
import { narrateTicket, type TicketOrigin } from "./narrate-ticket.ts";
import { planShifts } from "./plan-shifts.ts";
import { conditionsOf } from "./sample-incidents.ts";
import { compactDate, demandByHour, demandOf, startOfDay, type DayNumber } from "./sample-calendar.ts";
import { createSeededRandom, createSeededUuidV7 } from "./seeded-random.ts";

export interface HistoryRange {
  readonly seed: string;
  /** First business day. */
  readonly firstDay: DayNumber;
  /** Last business day, included. */
  readonly lastDay: DayNumber;
  /** Nothing happens at or after this time, in ms since 1970-01-01 UTC. */
  readonly untilMs: number;
}

/** Chats of an ordinary day of January 2025. */
const sessionsPerDay = 28;
/** Mails and calls of such a day that become a ticket. */
const ticketsPerDay = 5;
const firstTicketDay = Date.UTC(2020, 0, 1) / 86_400_000;

/**
 * The sample history of a range, in the order of time. What happens on a day depends on the seed
 * and the day alone, so that a later or longer range gives the same events again, and more.
 */
export function generateHistory(range: HistoryRange): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (let day = range.firstDay; day <= range.lastDay; day++) generateDay(range.seed, day, events);
  return events
    .filter((event) => event.occurredAtMs < range.untilMs)
    .sort((a, b) => a.occurredAtMs - b.occurredAtMs || (a.eventId < b.eventId ? -1 : 1));
}

/** All that begins on a day; a ticket's close may lie days later. */
function generateDay(seed: string, day: DayNumber, events: HistoryEvent[]): void {
  const random = createSeededRandom(`${seed}/${day}`);
  const narrate: Narrate = (name, occurredAtMs, attributes) => {
    events.push({
      product: productOf(name),
      name,
      attributes: attributes as HistoryEvent["attributes"],
      occurredAtMs,
      eventId: createSeededUuidV7(occurredAtMs, `${seed}/${day}/${events.length - firstOfDay}`),
    });
  };
  const firstOfDay = events.length;
  const shifts = planShifts(day, random);
  const tickets: TicketOrigin[] = [];
  const openTicket = (origin: TicketOrigin): void => void tickets.push(origin);
  const timeOfDay = (): number => startOfDay(day) + random.weighted(hours) * 3_600_000 + random.integer(0, 3_599_999);

  const conditions = conditionsOf(day);
  const visits = random.poisson(sessionsPerDay * demandOf(day));
  const customers = Math.round(900 * demandOf(day));
  for (let visit = 1; visit <= visits; visit++) {
    // Squared: some customers come again and again, most are seen once.
    const customer = Math.floor(random.uniform() ** 2 * customers);
    narrateSession(
      {
        sessionId: `s-${compactDate(day)}-${String(visit).padStart(4, "0")}`,
        userId: `u-${customer.toString(16).padStart(4, "0")}`,
        startMs: timeOfDay(),
      },
      { shifts, random, narrate, openTicket, conditions },
    );
  }
  for (let left = random.poisson(ticketsPerDay * demandOf(day)); left > 0; left--) {
    const agentId = random.pick(shifts).agent.id;
    openTicket({ createdAt: timeOfDay(), source: random.chance(0.8) ? "email" : "phone", sessionId: null, agentId });
  }
  const team = shifts.map((shift) => shift.agent.id);
  tickets.forEach((origin, place) => {
    narrateTicket((day - firstTicketDay) * 1_000 + place, origin, team, random, narrate);
  });
  // More customers for each agent are more mails and tickets, too.
  const busyShare = Math.min(0.8, 0.6 + (0.24 * demandOf(day)) / shifts.length);
  for (const shift of shifts) narrateShift(shift, busyShare, random, narrate);
}

const hours = demandByHour.map((weight, hour) => [hour, weight] as const);

const productOf = (name: BusinessEventName): HistoryEvent["product"] =>
  name.startsWith("session.") || name.startsWith("query.") ? "ai-chatbot" : "agent-workbench";
