import { durationHistograms } from "./event-counters.ts";
import { definedMetrics } from "./metric-dictionary.ts";

/** Keys of the dictionary and of the duration histograms: a product's own metric needs another one. */
export const reservedMetricKeys: ReadonlySet<string> = new Set([
  ...definedMetrics.map(({ key }) => key),
  ...durationHistograms.map(({ metric }) => metric),
]);
