import { formatUnit } from "../../metrics/format-metric.ts";
import { deriveQuantile } from "../../metrics/derive-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { MetricDefinition } from "../../metrics/metric-definition.ts";
import { metricOf } from "../../metrics/metric-dictionary.ts";
import { countText, describeShare, isFew } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { drawHistogram } from "./draw-histogram.ts";
import type { ReportChart } from "./report-chart.ts";
import { binDurations } from "./response-bins.ts";
import type { DurationBin } from "./response-bins.ts";
import { hasReported, summariseChart } from "./summarise-chart.ts";

/** Of fewer responses the quantile is the slowest one, and says nothing more: 1 ÷ (1 − q). */
const leastResponses = { p50: 2, p90: 10, p99: 100 } as const;
type Quantile = keyof typeof leastResponses;

/** How response times are distributed, with as many of p50, p90 and p99 as there are responses for. */
export function chartResponses(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.responses;
  const total = material.responseTimes.reduce((sum, { count }) => sum + count, 0);
  const quantiles = (Object.keys(leastResponses) as Quantile[])
    .filter((name) => total >= leastResponses[name])
    .map((name) => {
      const metric = metricOf(`response_time_${name}_ms`) as Extract<MetricDefinition, { kind: "quantile" }>;
      return { name, ...deriveQuantile(metric, material.responseTimes, locale) };
    });
  const few = isFew(context, total);
  const bins = binDurations(material.responseTimes);
  const time = timeFormat(locale);
  const rangeOf = ({ from, to }: DurationBin): string => words.between(time(from), time(to));
  const state = { product: "chatbot", isEmpty: total === 0, none: texts.chart.none.responses, isFew: few } as const;
  const drawn = hasReported(material, "chatbot") && total > 0 && !few;
  const count = (responses: number): string => countText(responses, locale);
  return {
    id: "response-times",
    title: words.title,
    summary: summariseChart(context, state, () =>
      words.summary(
        count(total),
        quantiles.map(({ name, formatted }) => words[name](formatted)),
      ),
    ),
    table: {
      dimension: "response_time",
      metrics: [{ metric: "responses_timed", unit: "count" }, null],
      columns: [words.from, words.responses, words.share],
      rows: !drawn
        ? []
        : bins.map((bin) => [
            { text: rangeOf(bin), key: `${bin.from}-${bin.to}ms` },
            { text: count(bin.count), value: bin.count, numerator: bin.count, denominator: total },
            { text: describeShare(bin.count, total, locale), value: Number(((bin.count / total) * 100).toFixed(6)) },
          ]),
    },
    draw: !drawn
      ? null
      : (width) =>
          drawHistogram(
            {
              bins: bins.map((bin) => ({
                ...bin,
                title: `${rangeOf(bin)}: ${count(bin.count)} (${describeShare(bin.count, total, locale)})`,
              })),
              marks: quantiles.map(({ name, value, formatted }) => ({ at: value ?? 0, label: `${name} ${formatted}` })),
              countText: count,
              valueText: time,
              countTitle: words.responses,
              valueTitle: words.axis,
            },
            width,
          ),
  };
}

/** Milliseconds with three digits, in the unit in which they are at least 1. */
function timeFormat(locale: Locale): (ms: number) => string {
  const units = [
    { unit: "hour", size: 3_600_000 },
    { unit: "minute", size: 60_000 },
    { unit: "second", size: 1000 },
  ] as const;
  return (ms) => {
    const { unit, size } = units.find((one) => ms >= one.size) ?? { unit: "millisecond", size: 1 };
    return formatUnit(String(Number((ms / size).toPrecision(3))), unit, locale);
  };
}
