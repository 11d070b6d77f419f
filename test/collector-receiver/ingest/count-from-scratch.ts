import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";

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

export function countFromScratch(events: readonly BusinessEvent[], rules: ScratchRules): Map<string, ScratchRow> {
  const counted = events.filter((event) => !event.test);
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
    switch (event.name) {
      case "session.message":
        put("total_messages");
        if (event.attributes["response_time_ms"] !== undefined) put("responses_timed");
        put("total_response_time_ms", roundHalfUp(number("response_time_ms"), 0));
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
        put("total_first_response_ms", roundHalfUp(number("wait_duration_seconds") * 1000, 0));
        break;
      case "agent.session_release":
        put("sessions_released");
        put("total_handle_time_sec", roundHalfUp(number("handle_duration_seconds"), 3));
        break;
      case "agent.session_message":
        put("agent_messages_sent");
        break;
      case "agent.session_transfer":
        put("sessions_transferred");
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
  const customers = new Map<string, Set<string>>();
  for (const sessionEvents of groupBySession(counted).values()) {
    const of = (name: string): BusinessEvent[] => sessionEvents.filter((event) => event.name === name);
    const starts = of("session.start").toSorted((a, b) => a.occurredAtMs - b.occurredAtMs);
    const first = starts[0];
    if (!first) continue;
    const day = localDay(first.occurredAtMs, rules.timezone);
    const put = (column: string, amount = 1): void => add(first.tenantId, day, column, amount);
    const lastActivity = Math.max(...sessionEvents.map((event) => event.occurredAtMs));
    const ends = of("session.end").map((event) => event.occurredAtMs);
    const idle = ends.length === 0 && lastActivity + rules.idleTimeoutMs <= rules.idleThroughMs;
    const escalated = of("session.escalate").length > 0;
    const resolved = (ends.length > 0 || idle) && !escalated && of("agent.session_takeover").length === 0;
    const lastStart = starts.at(-1) as BusinessEvent;
    const answers = of("session.message").filter(({ attributes: { role, response_time_ms: time } }) =>
      role === undefined ? time !== undefined : role !== "user",
    );
    if (answers.length > 0) put("ai_involved_sessions");
    put("total_sessions");
    if (ends.length > 0) put("sessions_ended");
    if (idle) put("sessions_ended_idle");
    if (escalated) put("escalated_sessions");
    if (resolved) {
      put("ai_resolved_sessions");
      put("estimated_cost_saved", rules.cost);
      if (idle) put("ai_resolved_idle");
    }
    const startedAfterEnd = ends.length > 0 && lastStart.occurredAtMs > Math.min(...ends);
    const startedMuchLater = lastStart.occurredAtMs - first.occurredAtMs > rules.idleTimeoutMs;
    if (startedAfterEnd || startedMuchLater) put("reused_session_ids");
    const users = sessionEvents.flatMap((event) => (event.attributes["user_id"] as string | undefined) ?? []);
    const user = users.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))[0];
    if (user === undefined) continue;
    for (const [type, value] of periodsOfDay(day)) {
      const key = `${first.tenantId}|${type}|${value}`;
      customers.set(key, (customers.get(key) ?? new Set()).add(user));
    }
  }
  for (const [key, users] of customers) (rows.get(key) as ScratchRow)["unique_customers"] = users.size;
  return rows;
}

export function localDay(ms: number, timezone: string): string {
  return new Date(ms).toLocaleDateString("sv-SE", { timeZone: timezone });
}

export function periodsOfDay(day: string): [string, string][] {
  const date = new Date(`${day}T12:00:00Z`);
  // ISO week: the week of the Thursday, counted from the week with 4 January.
  const thursday = new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * 86_400_000);
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.ceil(((thursday.getTime() - newYear) / 86_400_000 + 1) / 7);
  return [
    ["day", day],
    ["week", `${thursday.getUTCFullYear()}-W${String(week).padStart(2, "0")}`],
    ["month", day.slice(0, 7)],
  ];
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
