import { metricColumns, seriesByDay } from "./series-by-day.ts";
import { periodValue, spanOfDays, spanRows } from "./span-of-days.ts";
import { comparedPartOf, firstRelease } from "../../collector-receiver/src/stats/compared-part.ts";
import { changeExpression } from "./change-expression.ts";
import { asNumber, exactExpression, hasReported } from "./metric-expression.ts";
import type { CounterMetric } from "./metric-expression.ts";
import { quoteName } from "./quote-sql.ts";

/** Counters that do not add up over days: read from the one row that is the range, null if there is none. */
const notAdditive: ReadonlySet<string> = new Set(["unique_customers"]);

/** Whether a metric is known only for a day, an ISO week or a month. */
export function needsOneRow(metric: CounterMetric): boolean {
  return metric.numerator.add.some((counter) => notAdditive.has(counter));
}

/**
 * One row: a metric over the range, and its change against the days that it is compared with. Null if the product has
 * never reported.
 * @param names of the two columns
 */
export function figureQuery(metric: CounterMetric, names: { readonly value: string; readonly change: string }): string {
  const oneRow = needsOneRow(metric);
  const over = (first: string, last: string, row: string): string => `(
  select ${exactExpression(metric, (counter) => `sum(${counter})`)}
  from analytics_business_metrics
  where tenant_id = '$tenant' and ${
    oneRow
      ? `period_type = split_part(${row}, ' ', 1) and period_value = split_part(${row}, ' ', 2)`
      : `period_type = 'day' and period_value between ${periodValue(first)} and ${periodValue(last)}`
  }
)`;
  const part = comparedPartOf(metric) === "over" ? "over" : "ended";
  const [own, other] = [`${part}_last`, `${part}_before`];
  const days = { now: `${own} - first_day + 1`, before: `${other} - first_before + 1` };
  const conditions = [
    `${own} is not null`,
    ...(metric.since === firstRelease ? [] : ["not across_rules"]),
    ...(oneRow ? ["row_over is not null", "row_before is not null", `${days.now} = ${days.before}`] : []),
  ];
  const change = changeExpression({
    unit: metric.unit,
    now: over("first_day", own, "row_over"),
    before: over("first_before", other, "row_before"),
    days: metric.kind === "sum" && !oneRow ? days : null,
  });
  const known = (isKnown: string, value: string): string =>
    `case when ${hasReported(metric)}${isKnown} then ${value} end`;
  return `with ${spanOfDays}${oneRow ? `,\n${spanRows}` : ""}
select
  ${known(oneRow ? " and row_now is not null" : "", asNumber(over("first_day", "last_day", "row_now")))} as ${quoteName(names.value)},
  ${known(` and ${conditions.join(" and ")}`, change)} as ${quoteName(names.change)}
from ${oneRow ? "span_rows" : "span"}`;
}

/** See `seriesByDay`. */
export function daySeriesQuery(columns: readonly { readonly metric: CounterMetric; readonly name: string }[]): string {
  return seriesByDay(
    columns,
    `analytics_business_metrics counter
  on counter.tenant_id = '$tenant' and counter.period_type = 'day' and counter.period_value = ${periodValue("days.day")}`,
  );
}

/** The thirteen months that end with the range, oldest first: a year back, so that a month stands beside its like. */
export function monthTableQuery(
  monthName: string,
  columns: readonly { readonly metric: CounterMetric; readonly name: string }[],
): string {
  return `with ${spanOfDays},
last_month as (
  select date_trunc('month', least(last_day, today)::timestamp) as last_month from span
)
select to_char(month, 'YYYY-MM') as ${quoteName(monthName)},
  ${metricColumns(columns)}
from last_month
cross join lateral generate_series(last_month - interval '12 months', last_month, interval '1 month') as month
left join analytics_business_metrics counter
  on counter.tenant_id = '$tenant' and counter.period_type = 'month' and counter.period_value = to_char(month, 'YYYY-MM')
order by month`;
}
