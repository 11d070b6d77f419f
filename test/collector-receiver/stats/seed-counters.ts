import { randomUUID } from "node:crypto";
import type pg from "pg";
import { monthOf, weekOf, startOfWeek } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import type { CounterColumn } from "../../../collector-receiver/src/metrics/counter-columns.ts";

export type SeededCounters = Readonly<Partial<Record<CounterColumn, number | string>>>;

/** The sums that give the plan's figures: 5,420 customers, 85.3%, 1.5秒, 30秒, 8分钟, 4小时, 95.2%. */
export const planCounters: SeededCounters = {
  total_sessions: 5420,
  sessions_ended: 3000,
  sessions_ended_idle: 2420,
  // 4623 / 5420 = 85.295… %, shown as 85.3 %.
  ai_resolved_sessions: 4623,
  ai_involved_sessions: 5000,
  escalated_sessions: 797,
  estimated_cost_saved: 46230,
  total_messages: 21680,
  responses_timed: 10840,
  total_response_time_ms: 16260000,
  order_queries_success: 982,
  order_queries_failed: 18,
  tracking_queries_success: 968,
  tracking_queries_failed: 32,
  agent_logins: 66,
  total_work_minutes: "28800.5",
  sessions_handled: 812,
  total_first_response_ms: 24360000,
  waits_known: 812,
  first_takeovers: 812,
  first_waits_known: 812,
  first_wait_ms: 24360000,
  sessions_released: 812,
  total_handle_time_sec: 389760,
  handles_known: 812,
  handle_ms: 389760000,
  agent_messages_sent: 4060,
  sessions_transferred: 41,
  tickets_created: 165,
  tickets_closed: 156,
  tickets_resolved: 156,
  // 148 / 156 = 94.87 %; the plan's 95.2 % needs a denominator of its own.
  tickets_sla_met: 148,
  resolved_in_sla: 148,
  sla_known: 156,
  resolutions_timed: 156,
  total_resolution_hours: "624",
  resolution_ms: 624 * 3_600_000,
};

/** 125 tickets of which 119 met their SLA are the plan's 95.2 %. */
export const planTickets: SeededCounters = {
  tickets_created: 130,
  tickets_closed: 125,
  tickets_resolved: 125,
  tickets_sla_met: 119,
  resolved_in_sla: 119,
  sla_known: 125,
  resolutions_timed: 125,
  total_resolution_hours: "500",
  resolution_ms: 500 * 3_600_000,
};

/** Puts counters on a business day, and on its week and month as the receiver does. */
export async function seedDay(pool: pg.Pool, tenantId: string, day: string, counters: SeededCounters): Promise<void> {
  const columns = Object.keys(counters);
  const periods = [
    ["day", day, day],
    ["week", weekOf(day), startOfWeek(day)],
    ["month", monthOf(day), `${monthOf(day)}-01`],
  ];
  for (const [type, value, start] of periods) {
    await pool.query(
      `insert into analytics_business_metrics as counter
         (tenant_id, period_type, period_value, period_start, ${columns.join(", ")})
       values ($1, $2, $3, $4, ${columns.map((_, place) => `$${place + 5}`).join(", ")})
       on conflict (tenant_id, period_type, period_value) do update
       set ${columns.map((column) => `${column} = counter.${column} + excluded.${column}`).join(", ")}`,
      [tenantId, type, value, start, ...Object.values(counters)],
    );
  }
}

/** Makes a product known to have reported on a day. */
export async function seedReported(
  pool: pg.Pool,
  tenantId: string,
  day: string,
  ...eventNames: string[]
): Promise<void> {
  for (const name of eventNames) {
    await pool.query(
      `insert into analytics_event_counts (tenant_id, day, event_name, events) values ($1, $2, $3, 1)
       on conflict (tenant_id, day, event_name) do update set events = analytics_event_counts.events + 1`,
      [tenantId, day, name],
    );
  }
}

export interface SeededSettings {
  readonly timezone?: string;
  readonly currency?: string;
  readonly idleTimeoutSeconds?: number;
  readonly idleThrough?: string;
}

export async function seedSettings(pool: pg.Pool, tenantId: string, settings: SeededSettings = {}): Promise<void> {
  await pool.query(
    `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules)
     values ($1, $2, $3, $4, $5, 2)`,
    [
      tenantId,
      settings.timezone ?? "Asia/Shanghai",
      settings.currency ?? "CNY",
      settings.idleTimeoutSeconds ?? 86_400,
      settings.idleThrough ?? "2026-12-31T00:00:00Z",
    ],
  );
}

/** Counters of an agent on a day. */
export async function seedAgent(
  pool: pg.Pool,
  tenantId: string,
  day: string,
  agentId: number | null,
  counters: SeededCounters,
  name?: string,
): Promise<void> {
  const columns = Object.keys(counters);
  await pool.query(
    `insert into analytics_agent_metrics
       (tenant_id, day, agent_id, agent_name, agent_name_at, agent_name_event_id, ${columns.join(", ")})
     values ($1, $2, $3, $4, $5, $6, ${columns.map((_, place) => `$${place + 7}`).join(", ")})`,
    [
      tenantId,
      day,
      agentId,
      name ?? null,
      name === undefined ? null : `${day}T01:00:00Z`,
      name === undefined ? null : randomUUID(),
      ...Object.values(counters),
    ],
  );
}

/** Durations in one bucket of a histogram on a day; the buckets of a day are groups of 32, one group a row. */
export async function seedBucket(
  pool: pg.Pool,
  tenantId: string,
  day: string,
  metric: string,
  bucket: number,
  count: number,
): Promise<void> {
  const column = `c${String(bucket % 32).padStart(2, "0")}`;
  await pool.query(
    `insert into analytics_duration_counters as counter (tenant_id, day, metric, first_bucket, ${column})
     values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, day, metric, first_bucket) do update set ${column} = counter.${column} + excluded.${column}`,
    [tenantId, day, metric, bucket - (bucket % 32), count],
  );
}
