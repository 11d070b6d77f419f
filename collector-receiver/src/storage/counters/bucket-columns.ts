import { bucketsOfGroup } from "../../metrics/duration-histogram.ts";

/** The counts of `analytics_duration_counters`: `c00` is that of `first_bucket`, `c31` that of the last of its group. */
export const bucketColumns: readonly string[] = Array.from(
  { length: bucketsOfGroup },
  (_, place) => `c${String(place).padStart(2, "0")}`,
);
