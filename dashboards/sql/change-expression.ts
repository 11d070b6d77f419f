/** How a figure changed, as SQL: what `compare-metric.ts` computes for the API. */
import type { MetricUnit } from "../../collector-receiver/src/catalogue/metric-unit.ts";
import { asNumber } from "./metric-expression.ts";

interface Change {
  readonly unit: MetricUnit;
  /** Both sides exactly, as scalar SQL; null if there is no number. */
  readonly now: string;
  readonly before: string;
  /** How many days each side has, if it is a sum over days; else null. */
  readonly days: { readonly now: string; readonly before: string } | null;
}

/** Percent of the earlier value, of sums by the day; of a rate, percentage points. Null if either side has no number. */
export function changeExpression({ unit, now, before, days }: Change): string {
  if (unit === "percent")
    return `(select ${asNumber("later - earlier")} from (select ${now} as later, ${before} as earlier) as sides)`;
  const [own, other] = days === null ? ["later", "earlier"] : ["later * other_days", "earlier * own_days"];
  const columns = days === null ? "" : `, ${days.now} as own_days, ${days.before} as other_days`;
  return `(select ${asNumber(`(${own} - ${other}) * 100.0 / nullif(${other}, 0)`)} from (select (${now})::numeric as later, (${before})::numeric as earlier${columns}) as sides)`;
}
