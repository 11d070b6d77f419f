import { formatSpan } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";

/** A length of time in the unit in which people would say it: "3.4 s", "12 min", "5.5 h", "3 days"; null is "—". */
export function describeDuration(ms: number | null, locale: Locale): string {
  if (ms === null) return "—";
  return formatSpan({ numerator: BigInt(Math.max(0, Math.round(ms))), denominator: 1n }, locale);
}
