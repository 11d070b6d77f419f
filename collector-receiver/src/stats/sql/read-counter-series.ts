import type { Pool } from "pg";
import { businessCounterColumns } from "../../metrics/counter-columns.ts";
import type { CounterColumn } from "../../metrics/counter-columns.ts";
import type { Counters } from "../../metrics/metric-definition.ts";
import type { CounterRange } from "../report-period.ts";

type Row = Record<CounterColumn, string> & { period_value: string };

/** The counters of each period of a range that has any, by `period_value`. */
export async function readCounterSeries(
  pool: Pick<Pool, "query">,
  tenantId: string,
  range: CounterRange,
): Promise<Map<string, Counters>> {
  const { rows } = await pool.query<Row>({
    name: "stats-read-counter-series",
    text: readCounterSeriesSql,
    values: [tenantId, range.periodType, range.first, range.last],
  });
  return new Map(rows.map(({ period_value, ...counters }) => [period_value, counters]));
}

const readCounterSeriesSql = `
select period_value,
  ${businessCounterColumns.map((column) => `${column}::text as ${column}`).join(",\n  ")}
from analytics_business_metrics
where tenant_id = $1 and period_type = $2 and period_value between $3 and $4
order by period_value
`;
