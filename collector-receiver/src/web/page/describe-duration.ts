import { formatMetric } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { TimeUnit } from "../../metrics/metric-definition.ts";

const units: readonly { readonly unit: TimeUnit; readonly belowMs: number; readonly digits: number }[] = [
  { unit: "millisecond", belowMs: 1_000, digits: 0 },
  { unit: "second", belowMs: 60_000, digits: 1 },
  { unit: "minute", belowMs: 3_600_000, digits: 0 },
  { unit: "hour", belowMs: 48 * 3_600_000, digits: 1 },
];
const dayMs = 86_400_000;

/** A length of time in the unit in which people would say it: "3.4 sec", "12 min", "5.5 hr", "3 days"; null is "—". */
export function describeDuration(ms: number | null, locale: Locale): string {
  if (ms === null) return "—";
  const fitting = units.find(({ belowMs }) => Math.abs(ms) < belowMs);
  if (fitting !== undefined) {
    const { unit, digits } = fitting;
    const value = { numerator: BigInt(Math.round(ms)), denominator: 1n };
    return formatMetric(value, "ms", { style: "duration", unit, digits }, locale, "");
  }
  return new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long" }).format(
    Math.round(ms / dayMs),
  );
}
