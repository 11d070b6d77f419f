/** A product's own metrics as SQL, from what `ownMetricsOf` says of them: no formula is written twice. */
import type { CustomDefinitions, CustomMetric } from "../../collector-receiver/src/catalogue/custom-definitions.ts";
import { noGroup } from "../../collector-receiver/src/metrics/custom-counting.ts";
import type { OwnMetric } from "../../collector-receiver/src/metrics/custom-metrics.ts";
import { changeExpression } from "./change-expression.ts";
import { asNumber } from "./metric-expression.ts";
import { quoteName } from "./quote-sql.ts";
import { selectByDay } from "./series-by-day.ts";
import { periodValue, spanOfDays, spanRows } from "./span-of-days.ts";

/** Where a term is read: days of counters, and the row of distinct sessions that is exactly them. */
interface TermRange {
  readonly first: string;
  readonly last: string;
  /** SQL of `period_type` and `period_value`, and whether there is such a row. */
  readonly periodType: string;
  readonly periodValue: string;
  readonly hasRow: string;
}

/**
 * One row: a metric over the range, and its change against the days that it is compared with. Distinct sessions are null
 * if the range is not a day, week or month.
 */
export function ownFigureQuery(
  metric: OwnMetric,
  definitions: CustomDefinitions,
  names: { readonly value: string; readonly change: string },
): string {
  const over = (first: string, last: string, row: string): TermRange => ({
    first,
    last,
    periodType: `split_part(${row}, ' ', 1)`,
    periodValue: `split_part(${row}, ' ', 2)`,
    hasRow: `${row} is not null`,
  });
  const exact = (range: TermRange): string => valueOver(metric, noGroup, definitions, range);
  const days = { now: "over_last - first_day + 1", before: "over_before - first_before + 1" };
  const change = changeExpression({
    unit: metric.unit,
    now: exact(over("first_day", "over_last", "row_over")),
    before: exact(over("first_before", "over_before", "row_before")),
    days: metric.kind === "ratio" || metric.kind === "sessions" ? null : days,
  });
  const isCompared = `over_last is not null${metric.kind === "sessions" ? ` and ${days.now} = ${days.before}` : ""}`;
  return `with ${spanOfDays},
${spanRows}
select
  ${asNumber(exact(over("first_day", "last_day", "row_now")))} as ${quoteName(names.value)},
  case when ${isCompared} then ${change} end as ${quoteName(names.change)}
from span_rows`;
}

/** A series by business day: each column a metric, or one of its groups. */
export function ownSeriesQuery(
  definitions: CustomDefinitions,
  columns: readonly { readonly metric: OwnMetric; readonly group: string; readonly name: string }[],
): string {
  const day: TermRange = {
    first: "days.day",
    last: "days.day",
    periodType: "'day'",
    periodValue: periodValue("days.day"),
    hasRow: "true",
  };
  const values = columns.map(
    ({ metric, group, name }) => `${asNumber(valueOver(metric, group, definitions, day))} as ${quoteName(name)}`,
  );
  return selectByDay(values.join(",\n  "));
}

/** Exactly: not rounded. */
function valueOver(metric: OwnMetric, group: string, { metrics }: CustomDefinitions, range: TermRange): string {
  const computation = metric.computationOf(group);
  if (computation.kind === "quantile") throw new Error(`"${metric.key}" is a quantile: read its histogram`);
  const sumOf = (terms: readonly string[]): string => terms.map((term) => termOver(term, metrics, range)).join(" + ");
  const above = sumOf(computation.numerator.add);
  if (computation.kind === "sum") return above;
  return `(${above}) * ${computation.factor}.0 / nullif(${sumOf(computation.denominator.add)}, 0)`;
}

function termOver(term: string, metrics: Readonly<Record<string, CustomMetric>>, range: TermRange): string {
  const metric = term.slice(0, term.indexOf("|"));
  const group = term.slice(metric.length + 1);
  const row = `tenant_id = '$tenant' and metric = ${quoteAny(metric)} and group_value = ${quoteAny(group)}`;
  const kind = metrics[metric]?.kind;
  if (kind === "sessions") {
    return `case when ${range.hasRow} then coalesce((
    select sum(sessions) from analytics_custom_session_counts
    where ${row} and period_type = ${range.periodType} and period_value = ${range.periodValue}), 0) end`;
  }
  return `coalesce((
    select sum(${kind === "sum" ? "total" : "events"}) from analytics_custom_counters
    where ${row} and day between ${range.first} and ${range.last}), 0)`;
}

/** A text literal of a product's own words: a dollar, which would begin a macro, is written as a character code. */
function quoteAny(text: string): string {
  const parts = text.split("$").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(" || chr(36) || ")})`;
}
