import { moveCustomSessions, periodStart } from "../facts/upsert-custom-sessions.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const keys = "metric, group_value, period_type, period_value";

/**
 * Writes down, in this snapshot, by how much the events of each session are off, and by how much the number of
 * sessions is off from *the stored sessions*, not from the recounted ones: a session that meets its first event
 * before the correction is applied moves the number by itself, and the correction must not move it again.
 */
export async function stageCustomSessions(client: WriterConnection, tenantId: string): Promise<void> {
  const ofTenant = `where tenant_id = ${client.escapeLiteral(tenantId)}`;
  await client.query(`
    create temporary table correction_custom_sessions as
    select ${keys}, session_id, sum(events) as events from (
      select ${keys}, session_id, events from pg_temp.analytics_custom_sessions ${ofTenant}
      union all
      select ${keys}, session_id, -events from public.analytics_custom_sessions ${ofTenant}) as both_sides
    group by ${keys}, session_id
    having sum(events) <> 0`);
  await client.query(`
    create temporary table correction_custom_session_counts as
    select ${keys}, sum(sessions) as sessions from (
      select ${keys}, count(*) as sessions from public.analytics_custom_sessions ${ofTenant} and events > 0
      group by ${keys}
      union all
      select ${keys}, -sessions from public.analytics_custom_session_counts ${ofTenant}) as both_sides
    group by ${keys}
    having sum(sessions) <> 0`);
}

/** Applies what was staged, in the open transaction: a session that comes into a period counts there as at ingest. */
export async function applyCustomSessions(client: WriterConnection, tenantId: string): Promise<void> {
  const tenant = client.escapeLiteral(tenantId);
  const order = `order by metric collate "C", group_value collate "C", period_type collate "C", period_value collate "C"`;
  await client.query(
    moveCustomSessions(
      `select ${tenant}, ${keys}, session_id, events from correction_custom_sessions ${order}, session_id collate "C"`,
      "public.",
    ),
  );
  await client.query(`
    insert into public.analytics_custom_session_counts as c
      (tenant_id, period_start, ${keys}, sessions)
    select ${tenant}, ${periodStart}, ${keys}, sessions from correction_custom_session_counts ${order}
    on conflict (tenant_id, period_type, period_value, metric, group_value) do update set
      sessions = c.sessions + excluded.sessions`);
}
