import type { CountMetric, RatioMetric } from "./metric-definition.ts";

/** A metric that is a number of things. */
export const counted = {
  kind: "sum",
  unit: "count",
  display: { style: "number", digits: 0 },
} as const satisfies Partial<CountMetric>;

/** A metric that is a share in percent. */
export const rate = {
  kind: "ratio",
  unit: "percent",
  factor: 100,
  display: { style: "percent", digits: 1 },
} as const satisfies Partial<RatioMetric>;
