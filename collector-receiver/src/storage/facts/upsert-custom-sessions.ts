import type { CustomSessionChange } from "../../metrics/custom-changes.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchRows } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** First day of a period, from its type and value. */
export const periodStart = `case period_type when 'day' then period_value::date
      when 'month' then (period_value || '-01')::date else to_date(period_value, 'IYYY-"W"IW') end`;

/**
 * Adds events to sessions and, in the same statement, moves the number of sessions by those that came into or went
 * out of it: `prev_events` is what a session had before, so that concurrent writers see each change exactly once.
 * @param changes a query or `select` that gives the columns of `analytics_custom_sessions` up to `events`, ordered
 * @param schema of the tables: empty for what the search path finds first
 */
export function moveCustomSessions(changes: string, schema: "" | "public." = ""): string {
  return `
    with session as (
      insert into ${schema}analytics_custom_sessions as s
        (tenant_id, metric, group_value, period_type, period_value, session_id, events)
      ${changes}
      on conflict (tenant_id, metric, group_value, period_type, period_value, session_id) do update set
        prev_events = s.events, events = s.events + excluded.events
      returning tenant_id, metric, group_value, period_type, period_value, events, prev_events
    ), moved as (
      select tenant_id, period_type, period_value, metric, group_value,
        count(*) filter (where events > 0) - count(*) filter (where prev_events > 0) as sessions
      from session
      group by tenant_id, period_type, period_value, metric, group_value
    )
    insert into ${schema}analytics_custom_session_counts as c
      (tenant_id, period_type, period_value, period_start, metric, group_value, sessions)
    select tenant_id, period_type, period_value, ${periodStart}, metric, group_value, sessions
    from moved
    where sessions <> 0
    order by tenant_id collate "C", period_type collate "C", period_value collate "C", metric collate "C",
      group_value collate "C"
    on conflict (tenant_id, period_type, period_value, metric, group_value) do update set
      sessions = c.sessions + excluded.sessions`;
}

const incoming = batchRows<CustomSessionChange>({
  tenant_id: batchOf.text((change) => change.tenantId),
  metric: batchOf.text((change) => change.metric),
  group_value: batchOf.text((change) => change.group),
  period_type: batchOf.text((change) => change.periodType),
  period_value: batchOf.text((change) => change.periodValue),
  session_id: batchOf.text((change) => change.sessionId),
  events: batchOf.int8((change) => change.events),
});

const statement = {
  name: "upsert-custom-sessions",
  text: moveCustomSessions(`select ${incoming.names} from ${incoming.unnested} as incoming (${incoming.names})`),
};

/**
 * Counts the distinct sessions of a product's own metrics by day, week and month.
 * @param changes sorted bytewise by (tenant, metric, group, period type, period value, session id)
 */
export async function upsertCustomSessions(
  client: WriterConnection,
  changes: readonly CustomSessionChange[],
): Promise<void> {
  await client.query({ ...statement, values: incoming.parameters(changes) });
}
