/** Figures of calls of models, from the view of each day's use and spend and from the counters of conversations. */
import type { AiCostMetric, AiCostTerm, AiGap } from "../../collector-receiver/src/metrics/ai-cost-metrics.ts";
import type { CounterSum } from "../../collector-receiver/src/metrics/metric-definition.ts";
import { comparedPartOf } from "../../collector-receiver/src/stats/compared-part.ts";
import { changeExpression } from "./change-expression.ts";
import { aiAnswered, asNumber, hasReported } from "./metric-expression.ts";
import { quoteName } from "./quote-sql.ts";
import { selectByDay } from "./series-by-day.ts";
import { periodValue, spanOfDays } from "./span-of-days.ts";

const ofUse = (column: string): string => `coalesce(sum(${column}), 0)`;
/** Nothing used is nothing spent; what has no price is not known. */
const spend = `case when sum(spend) is not null then sum(spend)
    when ${ofUse("unpriced_tokens")} = 0 and ${ofUse("calls_without_usage")} = 0 then 0 end`;

/** What terms are in the view; the others are counters of conversations. */
const useTerms: Readonly<Partial<Record<AiCostTerm, string>>> = {
  ai_calls: ofUse("calls"),
  ai_failed_calls: ofUse("failed_calls"),
  ai_calls_without_usage: ofUse("calls_without_usage"),
  ai_calls_without_session: ofUse("calls_without_session"),
  ai_uncached_tokens: ofUse("uncached_tokens"),
  ai_cache_read_tokens: ofUse("cache_read_tokens"),
  ai_cache_write_tokens: ofUse("cache_write_tokens"),
  ai_output_tokens: ofUse("output_tokens"),
  ai_spend: spend,
};

const gaps: Readonly<Record<AiGap, string>> = {
  sampled: ofUse("sampled_calls"),
  without_usage: ofUse("calls_without_usage"),
  unpriced: `${ofUse("unpriced_tokens")} + ${ofUse("unclear_calls")}`,
};

function inView(expression: string, first: string, last: string): string {
  return `(select ${expression} from analytics_ai_spend where tenant_id = '$tenant' and day between ${first} and ${last})`;
}

function termOver(term: AiCostTerm, first: string, last: string): string {
  const own = useTerms[term];
  if (own !== undefined) return inView(own, first, last);
  const counter = `(select coalesce(sum(${term}), 0) from analytics_business_metrics
    where tenant_id = '$tenant' and period_type = 'day' and period_value between ${periodValue(first)} and ${periodValue(last)})`;
  return term === "total_sessions" ? counter : `case when ${aiAnswered} then ${counter} end`;
}

/** Exactly: not rounded. */
function valueOver(metric: AiCostMetric, first: string, last: string): string {
  const sumOf = ({ add, subtract = [] }: CounterSum<AiCostTerm>): string =>
    [
      add.map((term) => termOver(term, first, last)).join(" + "),
      ...subtract.map((term) => termOver(term, first, last)),
    ].join(" - ");
  const above = sumOf(metric.numerator);
  if (metric.kind === "sum") return above;
  return `(${above}) * ${metric.factor}.0 / nullif(${sumOf(metric.denominator)}, 0)`;
}

/** One row: a metric over the range, and its change; a bound is not compared. Null without any call ever. */
export function aiFigureQuery(
  metric: AiCostMetric,
  names: { readonly value: string; readonly change: string },
): string {
  const part = comparedPartOf(metric) === "over" ? "over" : "ended";
  const [own, other] = [`${part}_last`, `${part}_before`];
  const change = changeExpression({
    unit: metric.unit,
    now: valueOver(metric, "first_day", own),
    before: valueOver(metric, "first_before", other),
    days: metric.kind === "sum" ? { now: `${own} - first_day + 1`, before: `${other} - first_before + 1` } : null,
  });
  const missing = (metric.bound?.by ?? []).map((gap) => gaps[gap]).join(" + ");
  const isExact = (first: string, last: string): string[] =>
    missing === "" ? [] : [`${inView(missing, first, last)} = 0`];
  const conditions = [
    `${own} is not null`,
    "not across_rules",
    ...isExact("first_day", own),
    ...isExact("first_before", other),
  ].join(" and ");
  return `with ${spanOfDays}
select case when ${hasReported(metric)} then ${asNumber(valueOver(metric, "first_day", "last_day"))} end as ${quoteName(names.value)},
  case when ${hasReported(metric)} and ${conditions} then ${change} end as ${quoteName(names.change)}
from span`;
}

/** A series by business day: a column for each metric. */
export function aiSeriesQuery(columns: readonly { readonly metric: AiCostMetric; readonly name: string }[]): string {
  const values = columns.map(
    ({ metric, name }) => `${asNumber(valueOver(metric, "days.day", "days.day"))} as ${quoteName(name)}`,
  );
  return selectByDay(values.join(",\n  "));
}

/** Calls, tokens and spend by model, the most called first. */
export function aiModelsQuery(
  names: Readonly<Record<"model" | "calls" | "input" | "cached" | "output" | "spend", string>>,
): string {
  return `with ${spanOfDays}
select concat_ws(' · ', nullif(provider, ''), model, nullif(service_tier, '')) as ${quoteName(names.model)},
  sum(calls)::double precision as ${quoteName(names.calls)},
  sum(uncached_tokens + cache_read_tokens + cache_write_tokens)::double precision as ${quoteName(names.input)},
  sum(cache_read_tokens)::double precision as ${quoteName(names.cached)},
  sum(output_tokens)::double precision as ${quoteName(names.output)},
  ${asNumber(spend)} as ${quoteName(names.spend)}
from span
join analytics_ai_spend on tenant_id = '$tenant' and day between first_day and last_day
group by provider, model, service_tier
order by sum(calls) desc, 1
limit 100`;
}
