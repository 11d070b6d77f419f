import type pg from "pg";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";

/** Facts of agents and tickets by what they are about; times in ms. */
export interface Operations {
  readonly tickets: Record<string, Record<string, number | null>>;
  /** Kind, state, session and login. */
  readonly agentStates: Record<string, readonly (string | null)[]>;
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
  const agentStates: Record<string, readonly (string | null)[]> = {};
  for (const { tenantId, agentId, name, occurredAtMs: at, eventId, sessionId, attributes } of counted) {
    if (agentId === null || !/^(agent|ticket)\./.test(name)) continue;
    const status = attributes["to_status"] as string | undefined;
    const changed = { "agent.login": "online", "agent.logout": "offline", "agent.status_change": status }[name];
    const state =
      changed === undefined
        ? null
        : ({ online: "online", Busy: "busy", offline: "offline", 离线: "offline", " 忙碌": "busy" }[changed] ?? "away");
    const kind = name.startsWith("ticket.") ? "ticket" : name.replace(/^agent\.(session_)?/, "").replace("_change", "");
    const login = attributes["login_id"] as string | undefined;
    const session = kind === "ticket" ? null : sessionId;
    agentStates[`${tenantId}|${agentId}|${at}|${eventId}`] = [kind, state, session, login ?? null];
  }
  return { tickets, agentStates };
}

/** The same as it is stored. */
export async function storedOperations(pool: pg.Pool): Promise<Operations> {
  const ms = (value: Date | null): number | null => (value === null ? null : value.getTime());
  const tickets = await pool.query("select * from analytics_tickets");
  const states = await pool.query("select * from analytics_agent_states");
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
        [row.kind, row.state, row.session_id, row.login_id],
      ]),
    ),
  };
}
