import { businessCounterColumns } from "../../metrics/counter-columns.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** A month that is not remembered yet, and what tells whether it is settled. */
export interface UnsettledMonth {
  /** `2025-12` */
  readonly month: string;
  readonly total_sessions: string;
  readonly sessions_ended: string;
  readonly sessions_ended_idle: string;
}

/** Months of a tenant with counters whose values have not been remembered, in order. */
export async function findUnsettledMonths(client: WriterConnection, tenantId: string): Promise<UnsettledMonth[]> {
  const { rows } = await client.query<UnsettledMonth>({
    name: "find-unsettled-months",
    text: `
      select period_value as month, total_sessions::text, sessions_ended::text, sessions_ended_idle::text
      from analytics_business_metrics counted
      where tenant_id = $1 and period_type = 'month' and not exists (
        select from analytics_settled_months kept where kept.tenant_id = $1 and kept.month = counted.period_value)
      order by period_value`,
    values: [tenantId],
  });
  return rows;
}

const keepSql = `
  insert into analytics_settled_months (tenant_id, month, counting_rules, currency, counters)
  select counted.tenant_id, counted.period_value, settings.counting_rules, settings.currency,
    (select to_jsonb(kept) from (select ${businessCounterColumns.map((column) => `counted.${column}`).join(", ")}) as kept)
  from analytics_business_metrics counted join analytics_settings settings using (tenant_id)
  where counted.tenant_id = $1 and counted.period_type = 'month' and counted.period_value = any ($2::text[])
    and counted.total_sessions <= counted.sessions_ended + counted.sessions_ended_idle
  on conflict (tenant_id, month) do nothing`;

/** Remembers what months say now. One with a conversation that has begun to go on meanwhile is left out. */
export async function keepSettledMonths(
  client: WriterConnection,
  tenantId: string,
  months: readonly string[],
): Promise<void> {
  await client.query({ name: "keep-settled-months", text: keepSql, values: [tenantId, months] });
}
