import { deriveQuantile, type MetricValue } from "../../metrics/derive-metric.ts";
import { bucketValue } from "../../metrics/duration-histogram.ts";
import type { MetricDefinition } from "../../metrics/metric-definition.ts";
import { metricOf } from "../../metrics/metric-dictionary.ts";
import { countText, describeShare, isFew } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { onePanel, withHatch } from "./chart-frame.ts";
import { drawColumns, drawPlaceLabels, drawValueAxis } from "./draw-panels.ts";
import { lineAt, textAt, widthOf } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import type { ReportChart } from "./report-chart.ts";
import { countTicks } from "./scale.ts";
import { hasReported, summariseChart } from "./summarise-chart.ts";

interface Bin {
  /** ms, exclusive; the first bin begins at 0. */
  readonly from: number;
  /** ms, inclusive; Infinity in the last. */
  readonly to: number;
  readonly responses: number;
}

/** Edges of the bins, ms: about a factor 1.25 apart, and round. */
const edges = [0, 1, 2, 3, 4, 5].flatMap((power) =>
  [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8].map((factor) => Math.round(factor * 10 ** (power + 1)) / 10),
);
/** Bins at the ends that hold less than this share of all are one with their neighbour. */
const tailShare = 0.003;

/** How response times are distributed, with p50, p90 and p99. */
export function chartResponses(context: ReportContext): ReportChart {
  const { texts, locale, material } = context;
  const words = texts.chart.responses;
  const quantiles = [50, 90, 99].map((percent) => {
    const metric = metricOf(`response_time_p${percent}_ms`) as Extract<MetricDefinition, { kind: "quantile" }>;
    return { name: `p${percent}`, ...deriveQuantile(metric, material.responseTimes, locale) };
  });
  const total = quantiles[0]?.denominator ?? 0;
  const few = isFew(context, total);
  const bins = binsOf(material.responseTimes, total);
  const seconds = new Intl.NumberFormat(locale, {
    style: "unit",
    unit: "second",
    unitDisplay: "short",
    maximumFractionDigits: 2,
  });
  const time = (ms: number): string => seconds.format(ms / 1000);
  const rangeOf = ({ from, to }: Bin): string =>
    from === 0 ? words.upTo(time(to)) : to === Infinity ? words.over(time(from)) : words.between(time(from), time(to));
  const state = { product: "chatbot", isEmpty: total === 0, none: texts.chart.none.responses, isFew: few } as const;
  const drawn = hasReported(material, "chatbot") && total > 0 && !few;
  return {
    id: "response-times",
    title: words.title,
    summary: summariseChart(context, state, () =>
      words.summary(
        countText(total, locale),
        ...(quantiles.map(({ formatted }) => formatted) as [string, string, string]),
      ),
    ),
    table: {
      columns: [words.from, words.responses, words.share],
      rows: !drawn
        ? []
        : bins.map((bin) => [
            { text: rangeOf(bin) },
            { text: countText(bin.responses, locale), value: bin.responses },
            {
              text: describeShare(bin.responses, total, locale),
              value: Number(((bin.responses / total) * 100).toFixed(6)),
            },
          ]),
    },
    draw: drawn ? (width, idPrefix) => drawBins({ bins, quantiles, time }, context, width, `${idPrefix}-hatch`) : null,
  };
}

interface Distribution {
  readonly bins: readonly Bin[];
  readonly quantiles: readonly (MetricValue & { readonly name: string })[];
  /** Writes milliseconds. */
  readonly time: (ms: number) => string;
}

function drawBins(
  { bins, quantiles, time }: Distribution,
  { texts, locale }: ReportContext,
  width: number,
  hatchId: string,
): Drawing {
  const words = texts.chart.responses;
  const area = onePanel(width, 58, 262);
  const slot = area.width / bins.length;
  const ticks = countTicks(Math.max(...bins.map(({ responses }) => responses)), 4);
  const labels = bins.map(({ from, to }) => (to === Infinity ? `>${time(from)}` : time(to)));
  const lines = quantiles.map(({ name, value, formatted }, i) => {
    const x = area.left + placeOf(value ?? 0, bins) * slot;
    const label = `${name} ${formatted}`;
    // Each on a line of its own, so that near ones do not cover each other; turned left at the right edge.
    const y = 14 + i * 15;
    const turned = x + 5 + widthOf(label) > area.left + area.width;
    return (
      lineAt(x, y - 9, x, area.top + area.height, "quantile") +
      textAt(turned ? x - 5 : x + 5, y, label, turned ? "end" : "start", "t over")
    );
  });
  return withHatch(
    width,
    364,
    hatchId,
    drawValueAxis(area, ticks, (tick) => countText(tick, locale)) +
      drawColumns(area, ticks, [{ name: "", look: 1, values: bins.map(({ responses }) => responses) }], true, hatchId) +
      drawPlaceLabels(area, labels) +
      textAt(area.left + area.width, area.top + area.height + 36, words.axis, "end") +
      lines.join(""),
  );
}

function binsOf(buckets: readonly { readonly bucket: number; readonly count: number }[], total: number): Bin[] {
  const bounds = [0, ...edges, Infinity];
  const bins = bounds.slice(1).map((to, i) => ({ from: bounds[i] as number, to, responses: 0 }));
  for (const { bucket, count } of buckets) {
    const ms = bucketValue(bucket);
    const bin = bins.find(({ to }) => ms <= to);
    if (bin !== undefined) bin.responses += count;
  }
  while (bins.length > 1 && (bins[0]?.responses ?? 0) < total * tailShare) {
    const [first, second] = bins.splice(0, 2) as [Bin, Bin];
    bins.unshift({ from: 0, to: second.to, responses: first.responses + second.responses });
    if ((bins[0]?.responses ?? 0) >= total * tailShare) break;
  }
  while (bins.length > 1 && (bins.at(-1)?.responses ?? 0) < total * tailShare) {
    const [before, last] = bins.splice(-2, 2) as [Bin, Bin];
    bins.push({ from: before.from, to: last.to, responses: before.responses + last.responses });
    if ((bins.at(-1)?.responses ?? 0) >= total * tailShare) break;
  }
  return bins;
}

/** Where a time lies on the axis, in bins from its start: on the logarithm within a bin. */
function placeOf(ms: number, bins: readonly Bin[]): number {
  const at = Math.max(
    0,
    bins.findIndex(({ to }) => ms <= to),
  );
  const { from, to } = bins[at] as Bin;
  if (to === Infinity || from === 0) return at + 0.5;
  return at + Math.log(ms / from) / Math.log(to / from);
}
