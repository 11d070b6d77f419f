import type { Pool } from "pg";

export interface QueryCountersRow {
  /** First and last business day with a query; null if there was none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly order_queries_success: string;
  readonly order_queries_failed: string;
  readonly tracking_queries_success: string;
  readonly tracking_queries_failed: string;
}

/** Order and tracking queries of all that is recorded. */
export async function readQueryCounters(pool: Pick<Pool, "query">, tenantId: string): Promise<QueryCountersRow> {
  const { rows } = await pool.query<QueryCountersRow>({
    name: "stats-read-query-counters",
    text: readQueryCountersSql,
    values: [tenantId],
  });
  return rows[0] as QueryCountersRow;
}

const readQueryCountersSql = `
select min(period_value) as "from", max(period_value) as "to",
  coalesce(sum(order_queries_success), 0)::text as order_queries_success,
  coalesce(sum(order_queries_failed), 0)::text as order_queries_failed,
  coalesce(sum(tracking_queries_success), 0)::text as tracking_queries_success,
  coalesce(sum(tracking_queries_failed), 0)::text as tracking_queries_failed
from analytics_business_metrics
where tenant_id = $1 and period_type = 'day'
  and order_queries_success + order_queries_failed
    + tracking_queries_success + tracking_queries_failed > 0
`;
