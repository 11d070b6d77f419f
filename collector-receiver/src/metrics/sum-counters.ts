import { businessCounterColumns } from "./counter-columns.ts";
import { add, fractionOf, roundHalfUp } from "./exact-fraction.ts";
import type { Counters } from "./metric-definition.ts";

/** Decimals of the finest counter, `total_resolution_hours`. */
const counterDecimals = 6;

/** The counters of several ranges of days together; null if one of them is not known. Distinct customers do not add up. */
export function sumCounters(parts: readonly (Counters | null)[]): Counters {
  return Object.fromEntries(
    businessCounterColumns.map((column) => {
      const values = parts.flatMap((counters) => counters?.[column] ?? []);
      const known = column !== "unique_customers" && values.length === parts.length;
      const sum = values.map(fractionOf).reduce(add, fractionOf("0"));
      return [column, known ? roundHalfUp(sum, counterDecimals) : null];
    }),
  ) as Counters;
}
