import type pg from "pg";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";

/** Facts of agents and tickets by what they are about; times in ms. */
export interface Operations {
  readonly tickets: Record<string, Record<string, number | null>>;
  readonly agentStates: Record<string, string>;
  readonly agentActivity: Record<string, [number, number]>;
}

const over = ["closed", "resolved", " 已解决 ", "canceled"];

/** The facts as the definitions say, computed in the plainest way: nothing of the receiver's own code is used. */
export function operationsFromScratch(events: readonly BusinessEvent[]): Operations {
  const counted = events.filter((event) => !event.test);
  const ticketEvents = counted.filter((event) => event.name.startsWith("ticket."));
  const tickets = Object.fromEntries(
    Object.entries(Object.groupBy(ticketEvents, (event) => `${event.tenantId}|${event.ticketId}`)).map(
      ([key, own = []]) => {
        const times = (name: string, where: (event: BusinessEvent) => boolean = () => true): number[] =>
          own.filter((event) => event.name === name && where(event)).map((event) => event.occurredAtMs);
        const reopened = times("ticket.status_changed", ({ attributes: { from_status: from, to_status: to } }) => {
          if (from === undefined || to === undefined) return false;
          return over.includes(String(from).toLowerCase()) && !over.includes(String(to).toLowerCase());
        });
        const closed = [
          ...times("ticket.closed"),
          ...times("ticket.status_changed", ({ attributes: { to_status: to } }) =>
            to === undefined ? false : over.includes(String(to).toLowerCase()),
          ),
        ];
        const least = (all: number[]): number | null => (all.length === 0 ? null : Math.min(...all));
        const greatest = (all: number[]): number | null => (all.length === 0 ? null : Math.max(...all));
        return [
          key,
          {
            first_seen_at: least(own.map((event) => event.occurredAtMs)),
            created_at: least(times("ticket.created")),
            first_assigned_at: least(times("ticket.assigned")),
            first_closed_at: least(closed),
            last_closed_at: greatest(closed),
            first_reopened_at: least(reopened),
            last_reopened_at: greatest(reopened),
          },
        ];
      },
    ),
  );
  const agentStates: Record<string, string> = {};
  const agentActivity: Record<string, [number, number]> = {};
  for (const { tenantId, agentId, name, occurredAtMs: at, eventId, attributes } of counted) {
    if (agentId === null) continue;
    const status = attributes["to_status"] as string | undefined;
    const changed = { "agent.login": "online", "agent.logout": "offline", "agent.status_change": status }[name];
    if (changed !== undefined) {
      const state =
        { online: "online", Busy: "busy", offline: "offline", 离线: "offline", " 忙碌": "busy" }[changed] ?? "away";
      agentStates[`${tenantId}|${agentId}|${at}|${eventId}`] = state;
    }
    const key = `${tenantId}|${agentId}|${at - (at % 1_800_000)}`;
    const known = agentActivity[key] ?? [at, at];
    agentActivity[key] = [Math.min(known[0], at), Math.max(known[1], at)];
  }
  return { tickets, agentStates, agentActivity };
}

/** The same as it is stored. */
export async function storedOperations(pool: pg.Pool): Promise<Operations> {
  const ms = (value: Date | null): number | null => (value === null ? null : value.getTime());
  const tickets = await pool.query("select * from analytics_tickets");
  const states = await pool.query("select * from analytics_agent_states");
  const activity = await pool.query("select * from analytics_agent_activity");
  return {
    tickets: Object.fromEntries(
      tickets.rows.map(({ tenant_id: tenant, ticket_id: ticket, ...times }) => [
        `${tenant}|${ticket}`,
        Object.fromEntries(
          Object.entries(times)
            .filter(([column]) => !column.startsWith("prev_"))
            .map(([column, time]) => [column, ms(time as Date | null)]),
        ),
      ]),
    ),
    agentStates: Object.fromEntries(
      states.rows.map((row) => [
        `${row.tenant_id}|${row.agent_id}|${row.changed_at.getTime()}|${row.event_id}`,
        row.state,
      ]),
    ),
    agentActivity: Object.fromEntries(
      activity.rows.map((row) => [
        `${row.tenant_id}|${row.agent_id}|${row.half_hour.getTime()}`,
        [row.first_at.getTime(), row.last_at.getTime()],
      ]),
    ),
  };
}
