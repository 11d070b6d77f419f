import type { MetricUnit } from "../../collector-receiver/src/catalogue/metric-unit.ts";
import type { MetricDefinition } from "../../collector-receiver/src/metrics/metric-definition.ts";
import type { BoardContext } from "../board-context.ts";

/** Grafana's ids of units. `locale` is the count with separators; `percent` is 0 to 100. */
const units: Readonly<Record<MetricUnit, string>> = {
  currency: "locale",
  count: "locale",
  percent: "percent",
  ratio: "none",
  ms: "ms",
  s: "s",
  min: "m",
  h: "h",
};

/** The unit in which Grafana writes a metric. Money is a plain number: the currency is the tenant's, and stands in the title. */
export function unitOf(unit: MetricUnit): string {
  return units[unit];
}

/** A title with the currency of the tenant behind it, if the panel shows money. */
export function withCurrency(context: BoardContext, title: string, unit: MetricUnit): string {
  if (unit !== "currency") return title;
  return context.language === "zh" ? `${title}（$currency）` : `${title} ($currency)`;
}

/** Decimals of a figure, as the API writes it; durations are left to Grafana, which picks the unit by size. */
export function decimalsOf(metric: Pick<MetricDefinition, "display">): number {
  return metric.display.style === "duration" ? 1 : metric.display.digits;
}
