import type { Pool } from "pg";
import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
import type { CounterColumn } from "../../metrics/counter-columns.ts";

/** What the numbers of a tenant depend on, and which products have ever reported. */
export interface TenantRow {
  readonly timezone: string;
  readonly currency: string;
  readonly idleTimeoutMs: number;
  /** Null before the first event: nobody has swept yet. */
  readonly idleThroughMs: number | null;
  readonly chatbotReported: boolean;
  readonly workbenchReported: boolean;
  /** An answer of the AI was ever counted. */
  readonly aiAnswered: boolean;
  /** First business day that is counted by this version's rules; earlier ones were sealed by older rules. Null: all. */
  readonly rulesSince: string | null;
}

const names = Object.keys(eventCatalogue);
/** Events of the AI chatbot. */
const chatbotEvents = names.filter((name) => /^(session|query)\./.test(name));
/** Events of the agent workbench. */
const workbenchEvents = names.filter((name) => /^(agent|ticket)\./.test(name));

/** The plan's defaults, for a tenant that has no settings yet. */
const defaults = { timezone: "Asia/Shanghai", currency: "CNY", idleTimeoutSeconds: 86_400 } as const;

interface Row {
  timezone: string | null;
  currency: string | null;
  idle_timeout_seconds: number | null;
  idle_through_ms: string | null;
  chatbot_reported: boolean;
  workbench_reported: boolean;
  ai_answered: boolean;
  rules_since: string | null;
}

/** Settings of a tenant. Whether a product has reported is read from the counters of events by name. */
export async function readTenant(pool: Pick<Pool, "query">, tenantId: string): Promise<TenantRow> {
  const { rows } = await pool.query<Row>({
    name: "stats-read-tenant",
    text: readTenantSql,
    values: [tenantId, chatbotEvents, workbenchEvents],
  });
  const row = rows[0] as Row;
  return {
    timezone: row.timezone ?? defaults.timezone,
    currency: row.currency ?? defaults.currency,
    idleTimeoutMs: (row.idle_timeout_seconds ?? defaults.idleTimeoutSeconds) * 1000,
    idleThroughMs: row.idle_through_ms === null ? null : Number(row.idle_through_ms),
    chatbotReported: row.chatbot_reported,
    workbenchReported: row.workbench_reported,
    aiAnswered: row.ai_answered,
    rulesSince: row.rules_since,
  };
}

/** Counters that events of each product move: month rows are few, so they are asked first. */
const chatbotCounters = [
  "total_sessions",
  "total_messages",
  "order_queries_success",
  "order_queries_failed",
  "tracking_queries_success",
  "tracking_queries_failed",
] as const satisfies readonly CounterColumn[];
const workbenchCounters = [
  "agent_logins",
  "total_work_minutes",
  "sessions_handled",
  "sessions_released",
  "agent_messages_sent",
  "sessions_transferred",
  "tickets_created",
  "tickets_closed",
] as const satisfies readonly CounterColumn[];

/** Events that move no counter (a change of status) count as a report too, hence the second look. */
const hasReported = (counters: readonly CounterColumn[], names: string): string => `(
    exists (
      select from analytics_business_metrics counter
      where counter.tenant_id = $1 and counter.period_type = 'month'
        and ${counters.map((column) => `counter.${column}`).join(" + ")} > 0
    ) or exists (
      select from analytics_event_counts counted
      where counted.tenant_id = $1 and counted.event_name = any (${names}::text[]) and events > 0
    )
  )`;

const readTenantSql = `
select settings.timezone, settings.currency, settings.idle_timeout_seconds,
  trunc(extract(epoch from settings.idle_through) * 1000)::text as idle_through_ms,
  ${hasReported(chatbotCounters, "$2")} as chatbot_reported,
  ${hasReported(workbenchCounters, "$3")} as workbench_reported,
  exists (
    select from analytics_business_metrics counter
    where counter.tenant_id = $1 and counter.period_type = 'month' and ai_involved_sessions + ai_resolved_sessions > 0
  ) as ai_answered,
  settings.rules_since::text as rules_since
from (select $1::text as tenant_id) as wanted
left join analytics_settings settings using (tenant_id)
`;
