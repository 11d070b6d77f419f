import type { CounterColumn } from "../metrics/counter-columns.ts";
import type { AgentCounterColumn } from "../metrics/counter-columns.ts";

/** The plan's Redis hashes of one business day: sums only, as text. */
export interface LiveSnapshot {
  /** `analytics:daily:…` */
  readonly daily: Readonly<Record<string, string>>;
  /** `analytics:agent:daily:…` */
  readonly agentDaily: Readonly<Record<string, string>>;
}

/** Counters of today from a cache. */
export interface LiveCounters {
  /**
   * @param day business day, `YYYY-MM-DD`
   * @returns null if the cache does not have the day (the caller then asks PostgreSQL)
   * @throws if the cache cannot be reached; the caller falls back as well, and says so
   */
  readDay(tenantId: string, day: string): Promise<LiveSnapshot | null>;
}

/** Fields of `analytics:daily:…`, in the plan's order. */
export const dailyFields = [
  "total_sessions",
  "ai_resolved_sessions",
  "escalated_sessions",
  "total_messages",
  "total_response_time_ms",
  "order_queries_success",
  "order_queries_failed",
  "tracking_queries_success",
  "tracking_queries_failed",
] as const satisfies readonly CounterColumn[];

/** Fields of `analytics:agent:daily:…`. */
export const agentDailyFields = [
  "agent_logins",
  "total_work_minutes",
  "sessions_handled",
  "total_first_response_ms",
  "total_handle_time_sec",
  "agent_messages_sent",
  "sessions_transferred",
  "tickets_created",
  "tickets_closed",
  "tickets_sla_met",
  "total_resolution_hours",
] as const satisfies readonly AgentCounterColumn[];
