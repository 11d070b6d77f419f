import type { MetricUnit } from "../../collector-receiver/src/catalogue/metric-unit.ts";
import type { MetricDefinition } from "../../collector-receiver/src/metrics/metric-definition.ts";
import type { BoardContext } from "../board-context.ts";

/** Grafana's ids of units. `locale` is the count with separators; `percent` is 0 to 100. */
const units: Readonly<Record<Exclude<MetricUnit, "currency">, string>> = {
  count: "locale",
  percent: "percent",
  ratio: "none",
  ms: "ms",
  s: "s",
  min: "m",
  h: "h",
};

/** The unit in which Grafana writes a metric, and how many decimals. */
export function unitOf(context: BoardContext, unit: MetricUnit): string {
  return unit === "currency" ? currencyUnit(context.currency) : units[unit];
}

/**
 * `currency:financial:¥` writes ¥46,230. Grafana has no `currencyCNY`, and `currency:¥` would write ¥46.2K.
 * @param currency ISO 4217
 */
function currencyUnit(currency: string): string {
  const symbol = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" })
    .formatToParts(0)
    .find(({ type }) => type === "currency")?.value;
  return `currency:financial:${symbol ?? currency}`;
}

/** Decimals of a figure, as the API writes it; durations are left to Grafana, which picks the unit by size. */
export function decimalsOf(metric: Pick<MetricDefinition, "display">): number {
  return metric.display.style === "duration" ? 1 : metric.display.digits;
}
