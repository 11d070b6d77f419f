import { moveCustomSessions } from "../facts/upsert-custom-sessions.ts";
import { isOfTenants } from "./is-of-tenants.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Copies what a product's own metrics have counted in sealed periods into the shadow tables, with the sessions of the
 * sealed days of a week that goes on after `firstDay`.
 * @param firstDay first business day that is kept, the first of a month
 */
export async function copySealedCustomMetrics(
  client: WriterConnection,
  tenantIds: readonly string[],
  firstDay: string,
): Promise<void> {
  const ofTenants = isOfTenants(client, tenantIds);
  const day = `${client.escapeLiteral(firstDay)}::date`;
  const week = `to_char(${day}, 'IYYY-"W"IW')`;
  const columns = "tenant_id, day, metric, group_value, events, total";
  await client.query(`
    insert into pg_temp.analytics_custom_counters (${columns}) select ${columns} from public.analytics_custom_counters
    where ${ofTenants} and day < ${day}`);
  await client.query(
    moveCustomSessions(`
      select tenant_id, metric, group_value, period_type, period_value, session_id, events
      from public.analytics_custom_sessions
      where ${ofTenants} and events <> 0 and case period_type
        when 'day' then period_value < ${day}::text
        when 'month' then period_value < to_char(${day}, 'YYYY-MM')
        else period_value < ${week} end`),
  );
  await client.query(
    moveCustomSessions(`
      select tenant_id, metric, group_value, 'week', ${week}, session_id, sum(events)
      from public.analytics_custom_sessions
      where ${ofTenants} and period_type = 'day' and events <> 0
        and period_value >= date_trunc('week', ${day})::date::text and period_value < ${day}::text
      group by tenant_id, metric, group_value, session_id`),
  );
}
