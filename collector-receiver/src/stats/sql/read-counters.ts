import type { Pool } from "pg";
import { businessCounterColumns } from "../../metrics/counter-columns.ts";
import type { CounterColumn } from "../../metrics/counter-columns.ts";
import type { Counters } from "../../metrics/metric-definition.ts";
import type { CounterRange } from "../report-period.ts";

type Row = Record<CounterColumn, string> & { place: number };

/**
 * The sums of several ranges in one round trip, in the order asked for. A range without rows is 0.
 * Distinct customers do not add up over days, so they are null if a range is more than one row.
 */
export async function readCounters(
  pool: Pick<Pool, "query">,
  tenantId: string,
  ranges: readonly CounterRange[],
): Promise<Counters[]> {
  const { rows } = await pool.query<Row>({
    name: "stats-read-counters",
    text: readCountersSql,
    values: [
      tenantId,
      ranges.map((range) => range.periodType),
      ranges.map((range) => range.first),
      ranges.map((range) => range.last),
    ],
  });
  return ranges.map((range, index) => {
    const row = rows.find(({ place }) => place === index + 1) as Row;
    const { place: _, ...counters } = row;
    return range.first === range.last ? counters : { ...counters, unique_customers: null };
  });
}

const readCountersSql = `
select wanted.place::int as place,
  ${businessCounterColumns.map((column) => `coalesce(sum(counter.${column}), 0)::text as ${column}`).join(",\n  ")}
from unnest($2::text[], $3::text[], $4::text[])
  with ordinality as wanted (period_type, first_value, last_value, place)
left join analytics_business_metrics counter
  on counter.tenant_id = $1
  and counter.period_type = wanted.period_type
  and counter.period_value between wanted.first_value and wanted.last_value
group by wanted.place
`;
