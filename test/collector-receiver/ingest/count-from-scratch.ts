import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { localDay, periodsOfDay } from "./days-from-scratch.ts";
import { ticketsFromScratch } from "./tickets-from-scratch.ts";

/**
 * The numbers as the definitions say, computed in the plainest way from a set of events: nothing of the
 * receiver's own code is used. Keys are `tenant|period type|period value`.
 */
export interface ScratchRules {
  readonly timezone: string;
  readonly idleTimeoutMs: number;
  readonly idleThroughMs: number;
  readonly cost: number;
}

export type ScratchRow = Record<string, number>;

/** Events that count: neither tests nor of a session of which any event is a test. */
export function countedEvents(events: readonly BusinessEvent[]): BusinessEvent[] {
  const keyOf = ({ tenantId, sessionId }: BusinessEvent): string => `${tenantId}|${sessionId}`;
  const tests = new Set(events.filter((event) => event.test && event.sessionId !== null).map(keyOf));
  return events.filter((event) => !event.test && !(event.sessionId !== null && tests.has(keyOf(event))));
}

/** Whose a message is: the words that `arbitraryEvents` uses. */
const roles: Readonly<Record<string, "ai" | "agent">> = {
  ai: "ai",
  bot: "ai",
  " Assistant ": "ai",
  机器人: "ai",
  agent: "agent",
  坐席: "agent",
};

export function isAnswer({ name, attributes: { role, response_time_ms: time } }: BusinessEvent): boolean {
  return name === "session.message" && (role === undefined ? time !== undefined : roles[role as string] === "ai");
}

/** The wait of the first takeover of a session, its day and agent. */
export interface FirstTakeover {
  readonly tenantId: string;
  readonly atMs: number;
  readonly day: string;
  readonly agentId: number | null;
  readonly waitMs: number | null;
}

export function firstTakeovers(events: readonly BusinessEvent[], timezone: string): FirstTakeover[] {
  return [...groupBySession(countedEvents(events)).values()].flatMap((sessionEvents) => {
    const [first] = sessionEvents
      .filter(({ name }) => name === "agent.session_takeover")
      .toSorted((a, b) => a.occurredAtMs - b.occurredAtMs || (a.eventId < b.eventId ? -1 : 1));
    if (first === undefined) return [];
    const wait = first.attributes["wait_duration_seconds"] as number | undefined;
    const waitMs = wait === undefined ? null : roundHalfUp(wait * 1000, 0);
    const day = localDay(first.occurredAtMs, timezone);
    return [{ tenantId: first.tenantId, atMs: first.occurredAtMs, day, agentId: first.agentId, waitMs }];
  });
}

export function countFromScratch(events: readonly BusinessEvent[], rules: ScratchRules): Map<string, ScratchRow> {
  const counted = countedEvents(events);
  const rows = new Map<string, ScratchRow>();
  const add = (tenant: string, day: string, column: string, amount: number): void => {
    for (const [type, value] of periodsOfDay(day)) {
      const key = `${tenant}|${type}|${value}`;
      const row = rows.get(key) ?? {};
      row[column] = (row[column] ?? 0) + amount;
      rows.set(key, row);
    }
  };
  for (const event of counted) {
    const day = localDay(event.occurredAtMs, rules.timezone);
    const number = (name: string): number => (event.attributes[name] as number | undefined) ?? 0;
    const put = (column: string, amount = 1): void => add(event.tenantId, day, column, amount);
    const putHandle = (): void => {
      if (event.attributes["handle_duration_seconds"] === undefined) return;
      put("handles_known");
      put("handle_ms", roundHalfUp(number("handle_duration_seconds") * 1000, 0));
    };
    switch (event.name) {
      case "session.message":
        put("total_messages");
        if (!isAnswer(event) || event.attributes["response_time_ms"] === undefined) break;
        put("responses_timed");
        put("total_response_time_ms", roundHalfUp(number("response_time_ms"), 0));
        break;
      case "session.feedback":
        if (event.attributes["resolved"] !== undefined) {
          put(event.attributes["resolved"] === true ? "feedback_resolved" : "feedback_unresolved");
        }
        break;
      case "query.order":
        put(event.attributes["success"] === true ? "order_queries_success" : "order_queries_failed");
        break;
      case "query.tracking":
        put(event.attributes["success"] === true ? "tracking_queries_success" : "tracking_queries_failed");
        break;
      case "agent.login":
        put("agent_logins");
        break;
      case "agent.logout":
        put("total_work_minutes", roundHalfUp(number("work_duration_minutes"), 3));
        break;
      case "agent.session_takeover":
        put("sessions_handled");
        if (event.attributes["wait_duration_seconds"] !== undefined) put("waits_known");
        put("total_first_response_ms", roundHalfUp(number("wait_duration_seconds") * 1000, 0));
        break;
      case "agent.session_release":
        put("sessions_released");
        put("total_handle_time_sec", roundHalfUp(number("handle_duration_seconds"), 3));
        putHandle();
        break;
      case "agent.session_message":
        put("agent_messages_sent");
        break;
      case "agent.session_transfer":
        put("sessions_transferred");
        putHandle();
        break;
      case "ticket.created":
        put("tickets_created");
        break;
      case "ticket.closed":
        put("tickets_closed");
        if (event.attributes["sla_met"] === true) put("tickets_sla_met");
        put("total_resolution_hours", roundHalfUp(number("resolution_duration_hours"), 6));
        break;
    }
  }
  for (const { tenantId, day, waitMs } of firstTakeovers(events, rules.timezone)) {
    add(tenantId, day, "first_takeovers", 1);
    if (waitMs === null) continue;
    add(tenantId, day, "first_waits_known", 1);
    add(tenantId, day, "first_wait_ms", waitMs);
  }
  for (const { tenantId, day, column, amount } of ticketsFromScratch(events, rules.timezone).amounts) {
    add(tenantId, day, column, amount);
  }
  const customers = new Map<string, Set<string>>();
  for (const sessionEvents of groupBySession(counted).values()) {
    const of = (name: string): BusinessEvent[] => sessionEvents.filter((event) => event.name === name);
    const starts = of("session.start").toSorted((a, b) => a.occurredAtMs - b.occurredAtMs);
    const first = starts[0];
    if (!first) continue;
    const day = localDay(first.occurredAtMs, rules.timezone);
    const put = (column: string, amount = 1): void => add(first.tenantId, day, column, amount);
    const active = sessionEvents.filter(({ name }) => name !== "session.feedback" && name !== "ai.call");
    const lastActivity = Math.max(...active.map((event) => event.occurredAtMs));
    const ends = of("session.end").map((event) => event.occurredAtMs);
    const idle = ends.length === 0 && lastActivity + rules.idleTimeoutMs <= rules.idleThroughMs;
    const escalated = of("session.escalate").length > 0;
    const isHuman = sessionEvents.some(
      ({ name, attributes }) => name.startsWith("agent.session_") || roles[attributes["role"] as string] === "agent",
    );
    const isAnswered = sessionEvents.some(isAnswer);
    const how = lastEnd(of("session.end"));
    const lastStart = starts.at(-1) as BusinessEvent;
    if (isAnswered) put("ai_involved_sessions");
    put("total_sessions");
    if (ends.length > 0) put("sessions_ended");
    if (idle) put("sessions_ended_idle");
    if (escalated) put("escalated_sessions");
    const outcome = ((): string => {
      if (ends.length === 0 && !idle) return "open";
      if (isHuman) return isAnswered ? "ai_assisted" : "human_only";
      if (escalated) return "escalated_untaken";
      if (!isAnswered) return "unanswered";
      return how === "failed" ? "not_resolved" : "ai_resolved";
    })();
    const rating = lastRating(of("session.feedback"));
    if (rating !== undefined) {
      put(`rated_${outcome}`);
      put("rating_sum", rating);
      if (rating > 3) put(`satisfied_${outcome}`);
    }
    if (outcome !== "ai_resolved") put(`outcome_${outcome}`);
    else {
      put("ai_resolved_sessions");
      put("estimated_cost_saved", rules.cost);
      if (how === "assumed") put("ai_resolved_assumed");
      if (idle) put("ai_resolved_idle");
    }
    const startedAfterEnd = ends.length > 0 && lastStart.occurredAtMs > Math.min(...ends) + 5 * 60_000;
    const startedMuchLater = lastStart.occurredAtMs - first.occurredAtMs > rules.idleTimeoutMs;
    if (startedAfterEnd || startedMuchLater) put("reused_session_ids");
    const user = lastCustomer(sessionEvents);
    if (user === undefined) continue;
    for (const [type, value] of periodsOfDay(day)) {
      const key = `${first.tenantId}|${type}|${value}`;
      customers.set(key, (customers.get(key) ?? new Set()).add(user));
    }
  }
  for (const [key, users] of customers) (rows.get(key) as ScratchRow)["unique_customers"] = users.size;
  return rows;
}

/** The last rating; of two at one instant the better. */
function lastRating(feedback: readonly BusinessEvent[]): number | undefined {
  const ratings = feedback.flatMap(({ occurredAtMs: at, attributes: { rating } }) =>
    rating === undefined ? [] : [{ at, rating: rating as number }],
  );
  return ratings.toSorted((a, b) => a.at - b.at || a.rating - b.rating).at(-1)?.rating;
}

/** What the last end says; of two at one instant the worse. */
function lastEnd(ends: readonly BusinessEvent[]): "assumed" | "confirmed" | "failed" {
  const last = Math.max(...ends.map((event) => event.occurredAtMs));
  const said = ends
    .filter(({ occurredAtMs }) => occurredAtMs === last)
    .map(({ attributes: { resolved, reason } }) => {
      if (resolved !== undefined) return resolved === true ? "confirmed" : "failed";
      return { resolved: "confirmed", 已解决: "confirmed", " Failed": "failed" }[reason as string] ?? "assumed";
    });
  return said.includes("failed") ? "failed" : said.includes("confirmed") ? "confirmed" : "assumed";
}

/** Who is named last, by the chatbot's events; of two at one instant the greater text. */
function lastCustomer(events: readonly BusinessEvent[]): string | undefined {
  const named = events
    .filter(({ name }) => /^(session|query)\./.test(name))
    .map((event) => ({ at: event.occurredAtMs, user: event.attributes["user_id"] as string | undefined }))
    .filter(({ user }) => user !== undefined && !["", "null", " Anonymous "].includes(user));
  const last = Math.max(...named.map(({ at }) => at));
  return named
    .filter(({ at }) => at === last)
    .map(({ user }) => user as string)
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .at(-1);
}

function groupBySession(events: readonly BusinessEvent[]): Map<string, BusinessEvent[]> {
  const sessions = new Map<string, BusinessEvent[]>();
  for (const event of events) {
    if (event.sessionId === null) continue;
    const key = `${event.tenantId}|${event.sessionId}`;
    sessions.set(key, [...(sessions.get(key) ?? []), event]);
  }
  return sessions;
}

/** Through integers: test values have at most three decimals. */
function roundHalfUp(value: number, decimals: number): number {
  return Number(`${Math.round(Number(`${Number(value.toFixed(3))}e${decimals}`))}e-${decimals}`);
}
