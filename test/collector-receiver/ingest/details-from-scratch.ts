import type pg from "pg";
import { bucketValue } from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { ticketsFromScratch } from "./tickets-from-scratch.ts";
import { countedEvents, firstTakeovers, isAnswer } from "./count-from-scratch.ts";
import { localDay } from "./days-from-scratch.ts";

/** Rows of `analytics_events` by (tenant, id), as the events say. */
export function eventsFromScratch(events: readonly BusinessEvent[]): Record<string, unknown> {
  return Object.fromEntries(
    events.map((event) => [
      `${event.tenantId}|${event.eventId}`,
      {
        event_name: event.name,
        session_id: event.sessionId,
        agent_id: event.agentId,
        ticket_id: event.ticketId,
        occurred_at: event.occurredAtMs,
        event_data:
          event.invalid === undefined ? event.attributes : { ...event.attributes, "spanledger.invalid": event.invalid },
        service_name: event.serviceName,
      },
    ]),
  );
}

/** The same as it is stored; a row that is there twice has a key of its own. */
export async function storedEvents(pool: pg.Pool): Promise<Record<string, unknown>> {
  const { rows } = await pool.query(
    `select tenant_id, event_id, event_name, session_id, agent_id, ticket_id, occurred_at, event_data, service_name,
       row_number() over (partition by tenant_id, event_id) as copy
     from analytics_events`,
  );
  return Object.fromEntries(
    rows.map(({ tenant_id: tenant, event_id: id, copy, occurred_at: at, ...row }) => [
      `${tenant}|${id}${copy === "1" ? "" : ` copy ${copy}`}`,
      { ...row, occurred_at: (at as Date).getTime() },
    ]),
  );
}

/** Counters by event name, by agent and of durations; keys begin with `tenant|day`. */
export interface Details {
  readonly eventCounts: Record<string, number>;
  /** Numbers that are not 0, and the name that the agent logged in with last. */
  readonly agents: Record<string, Record<string, number | string>>;
  readonly durations: Record<string, unknown[]>;
}

const agentCounts: Readonly<Record<string, string>> = {
  "agent.login": "agent_logins",
  "agent.session_takeover": "sessions_handled",
  "agent.session_release": "sessions_released",
  "agent.session_message": "agent_messages_sent",
  "agent.session_transfer": "sessions_transferred",
  "ticket.created": "tickets_created",
  "ticket.closed": "tickets_closed",
};
const agentSums: Readonly<Record<string, readonly [column: string, attribute: string, factor: number]>> = {
  "agent.logout": ["total_work_minutes", "work_duration_minutes", 1],
  "agent.session_takeover": ["total_first_response_ms", "wait_duration_seconds", 1000],
  "agent.session_release": ["total_handle_time_sec", "handle_duration_seconds", 1],
  "ticket.closed": ["total_resolution_hours", "resolution_duration_hours", 1],
};
const furtherNumbers = [
  "tickets_sla_met",
  "waits_known",
  "handles_known",
  "handle_ms",
  "first_takeovers",
  "first_waits_known",
  "first_wait_ms",
  "tickets_resolved",
  "resolutions_timed",
  "resolution_ms",
  "sla_known",
  "resolved_in_sla",
];
const durationsOf: readonly (readonly [metric: string, event: string, attribute: string, unitMs: number])[] = [
  ["response_time", "session.message", "response_time_ms", 1],
  ["first_token", "session.message", "first_token_ms", 1],
  ["order_query_time", "query.order", "response_time_ms", 1],
  ["tracking_query_time", "query.tracking", "response_time_ms", 1],
  ["handle_time", "agent.session_release", "handle_duration_seconds", 1000],
  ["handle_time", "agent.session_transfer", "handle_duration_seconds", 1000],
];

/** The counters as the definitions say, computed in the plainest way: nothing of the receiver's counting is used. */
export function detailsFromScratch(events: readonly BusinessEvent[], timezone: string): Details {
  const details = { eventCounts: {}, agents: {}, durations: {} } as {
    eventCounts: Record<string, number>;
    agents: Record<string, Record<string, number | string>>;
    durations: Record<string, number[]>;
  };
  // In the order of (time, id), so that the last name stands.
  const ordered = events.toSorted((a, b) => a.occurredAtMs - b.occurredAtMs || (a.eventId < b.eventId ? -1 : 1));
  const counts = new Set(countedEvents(events));
  for (const event of ordered) {
    const { tenantId, name, agentId, occurredAtMs, attributes } = event;
    const day = `${tenantId}|${localDay(occurredAtMs, timezone)}`;
    if (name === "agent.login" && attributes["agent_name"] !== undefined && !event.test) {
      details.agents[`${day}|${agentId}`] = {
        ...details.agents[`${day}|${agentId}`],
        agent_name: attributes["agent_name"] as string,
      };
    }
    if (!counts.has(event)) continue;
    details.eventCounts[`${day}|${name}`] = (details.eventCounts[`${day}|${name}`] ?? 0) + 1;
    const ofAgent = { ...details.agents[`${day}|${agentId}`] };
    const add = (column: string | undefined, amount: number): void => {
      if (column === undefined || amount === 0) return;
      const sum = ((ofAgent[column] as number | undefined) ?? 0) + amount;
      ofAgent[column] = Number(sum.toFixed(6));
    };
    add(agentCounts[name], 1);
    if (name === "ticket.closed") {
      if (attributes["sla_met"] === true) add("tickets_sla_met", 1);
    }
    const [column, attribute = "", factor = 1] = agentSums[name] ?? [];
    add(column, ((attributes[attribute] as number | undefined) ?? 0) * factor);
    if (name === "agent.session_takeover" && attributes["wait_duration_seconds"] !== undefined) add("waits_known", 1);
    const handled = attributes["handle_duration_seconds"] as number | undefined;
    if (handled !== undefined && /release|transfer/.test(name)) {
      add("handles_known", 1);
      add("handle_ms", Math.round(handled * 1000));
    }
    if (Object.keys(ofAgent).length > 0) details.agents[`${day}|${agentId}`] = ofAgent;
    for (const [metric, ofName, duration, unitMs] of durationsOf) {
      const value = attributes[duration];
      if (ofName !== name || typeof value !== "number" || (name === "session.message" && !isAnswer(event))) continue;
      (details.durations[`${day}|${metric}`] ??= []).push(Math.round(value * unitMs));
    }
  }
  for (const { tenantId, day, agentId, waitMs } of firstTakeovers(events, timezone)) {
    const ofAgent = (details.agents[`${tenantId}|${day}|${agentId}`] ??= {});
    const add = (column: string, amount: number): void => {
      if (amount !== 0) ofAgent[column] = ((ofAgent[column] as number | undefined) ?? 0) + amount;
    };
    add("first_takeovers", 1);
    if (waitMs === null) continue;
    add("first_waits_known", 1);
    add("first_wait_ms", waitMs);
    (details.durations[`${tenantId}|${day}|first_response`] ??= []).push(waitMs);
  }
  const tickets = ticketsFromScratch(events, timezone);
  for (const { tenantId, day, column, amount, agentId } of tickets.amounts) {
    if (agentId === undefined) continue;
    const ofAgent = (details.agents[`${tenantId}|${day}|${agentId}`] ??= {});
    ofAgent[column] = ((ofAgent[column] as number | undefined) ?? 0) + amount;
  }
  for (const { tenantId, day, ms } of tickets.durations) {
    (details.durations[`${tenantId}|${day}|resolution_time`] ??= []).push(ms);
  }
  return {
    ...details,
    durations: Object.fromEntries(Object.entries(details.durations).map(([key, values]) => [key, within(values)])),
  };
}

/** The same as it is stored; each duration by the value that stands for its bucket. */
export async function storedDetails(pool: pg.Pool): Promise<Details> {
  const counts = await pool.query("select *, day::text as day from analytics_event_counts where events <> 0");
  const agents = await pool.query("select *, day::text as day from analytics_agent_metrics");
  const buckets = await pool.query(
    "select *, day::text as day from analytics_duration_histograms where metric = any ($1) order by bucket",
    [[...durationsOf.map(([metric]) => metric), "first_response", "resolution_time"]],
  );
  const numbers = [...Object.values(agentCounts), ...Object.values(agentSums).map(([column]) => column)];
  const durations: Record<string, number[]> = {};
  for (const row of buckets.rows) {
    const of = (durations[`${row.tenant_id}|${row.day}|${row.metric}`] ??= []);
    for (let i = 0; i < Number(row.count); i++) of.push(bucketValue(row.bucket));
  }
  return {
    eventCounts: Object.fromEntries(
      counts.rows.map((row) => [`${row.tenant_id}|${row.day}|${row.event_name}`, Number(row.events)]),
    ),
    agents: Object.fromEntries(
      agents.rows.flatMap((row): [string, Record<string, number | string>][] => {
        const known = [...new Set([...numbers, ...furtherNumbers])]
          .map((column): [string, number | string] => [column, Number(row[column])])
          .filter(([, value]) => value !== 0);
        if (row.agent_name !== null) known.push(["agent_name", row.agent_name]);
        if (known.length === 0) return [];
        return [[`${row.tenant_id}|${row.day}|${row.agent_id}`, Object.fromEntries(known)]];
      }),
    ),
    durations,
  };
}

/** Values in order, each as what any number at most 2 % from it equals. */
export function within(values: readonly number[]): unknown[] {
  return values
    .toSorted((a, b) => a - b)
    .map((value) => ({
      asymmetricMatch: (other: unknown) => Math.abs((other as number) - value) <= value * 0.0201,
      toString: () => `about ${value}`,
    }));
}
