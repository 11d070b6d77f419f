import type { Locale } from "../../metrics/format-metric.ts";
import { countText } from "../report/report-context.ts";
import { twoPanels, withHatch } from "./chart-frame.ts";
import { drawColumns, drawLegend, drawLine, drawPlaceLabels, drawValueAxis } from "./draw-panels.ts";
import type { ChartSeries } from "./draw-panels.ts";
import { textAt } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import { drawMarks, type ChartMark } from "./mark-notes.ts";
import { countTicks, percentTicks } from "./scale.ts";

/** Columns of counts above, lines of rates below, on the same days. */
export interface CountsAndRates {
  readonly counts: readonly ChartSeries[];
  /** One on top of the other; else side by side. */
  readonly stacked: boolean;
  /** In percent. */
  readonly rates: readonly ChartSeries[];
  readonly rateTitle: string;
  /** Of the days. */
  readonly labels: readonly string[];
  readonly marks: readonly ChartMark[];
}

export function drawCountsAndRates(chart: CountsAndRates, width: number, hatchId: string, locale: Locale): Drawing {
  const { counts, stacked, rates, rateTitle, labels, marks } = chart;
  const { columns, rate, height } = twoPanels(width);
  const ticks = countTicks(largestColumn(chart), 4);
  const known = rates.flatMap(({ values }) => values.filter((value) => value !== null));
  const rateTicks = percentTicks(known, 3);
  return withHatch(
    width,
    height,
    hatchId,
    drawLegend(columns.left, 16, counts, "column", hatchId) +
      drawValueAxis(columns, ticks, (tick) => countText(tick, locale)) +
      drawColumns(columns, ticks, counts, stacked, hatchId) +
      drawMarks(columns, labels.length, marks) +
      drawPlaceLabels(columns, labels) +
      textAt(rate.left, rate.top - 14, rateTitle, "start", "t h") +
      drawValueAxis(rate, rateTicks, (tick) => `${tick}%`) +
      rates.map((one) => drawLine(rate, rateTicks, one)).join("") +
      drawPlaceLabels(rate, labels),
  );
}

function largestColumn({ counts, stacked, labels }: CountsAndRates): number {
  const heights = labels.map((_, day) => counts.map(({ values }) => values[day] ?? 0));
  const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0);
  return Math.max(...heights.flatMap((parts) => (stacked ? [sum(parts)] : parts)));
}
