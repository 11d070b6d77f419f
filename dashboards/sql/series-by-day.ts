import { knownExpression } from "./metric-expression.ts";
import type { CounterMetric } from "./metric-expression.ts";
import { quoteName } from "./quote-sql.ts";
import { daysOfSpan, spanOfDays } from "./span-of-days.ts";

/** Each metric as a column, from a row of counters that is called `counter`. */
export function metricColumns(columns: readonly { readonly metric: CounterMetric; readonly name: string }[]): string {
  return columns
    .map(({ metric, name }) => `${knownExpression(metric, (counter) => `counter.${counter}`)} as ${quoteName(name)}`)
    .join(",\n  ");
}

/**
 * A series: each metric by business day; 0 if nothing was counted, null if there is nothing to divide by.
 * @param rows the rows of a day: a table as `counter`, and which of them belong to the row `days`
 */
export function seriesByDay(
  columns: readonly { readonly metric: CounterMetric; readonly name: string }[],
  rows: string,
): string {
  return selectByDay(metricColumns(columns), `days\nleft join ${rows}`);
}

/** A series over the business days of the range. @param columns SQL of a day's values @param from the row `days`, and what is joined to it */
export function selectByDay(columns: string, from = "days"): string {
  return `with ${spanOfDays},
${daysOfSpan}
select days."time",
  ${columns}
from ${from}
order by 1`;
}
