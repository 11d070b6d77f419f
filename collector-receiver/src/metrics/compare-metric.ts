import { partsOf } from "./derive-metric.ts";
import { divide, multiply, subtract, toNumber } from "./exact-fraction.ts";
import { formatPercent, formatSigned } from "./format-metric.ts";
import type { Locale } from "./format-metric.ts";
import type { Counters, MetricDefinition } from "./metric-definition.ts";

/** How a metric moved against the period it is compared with. */
export interface MetricChange {
  /** Percent of the earlier value; for rates, percentage points. */
  readonly value: number;
  readonly unit: "percent" | "percentage_points";
  /** "+12.3%" or "+1.2". */
  readonly formatted: string;
  readonly direction: "up" | "down" | "same";
}

const hundred = { numerator: 100n, denominator: 1n };

/**
 * The change from `before` to `now`, exact until it is written.
 * @returns null where either has no number, or where a relative change would divide by 0
 */
export function compareMetric(
  metric: Exclude<MetricDefinition, { kind: "quantile" }>,
  now: Counters,
  before: Counters,
  locale: Locale,
): MetricChange | null {
  const current = partsOf(metric, now).value;
  const earlier = partsOf(metric, before).value;
  if (current === null || earlier === null) return null;
  const difference = subtract(current, earlier);
  const direction = difference.numerator > 0n ? "up" : difference.numerator < 0n ? "down" : "same";
  if (metric.unit === "percent") {
    return {
      value: toNumber(difference),
      unit: "percentage_points",
      formatted: formatSigned(difference, 1, locale),
      direction,
    };
  }
  const relative = divide(multiply(difference, hundred), earlier);
  if (relative === null) return null;
  return {
    value: toNumber(relative),
    unit: "percent",
    formatted: formatPercent(relative, 1, locale, true),
    direction,
  };
}
