import type { Locale } from "../../metrics/format-metric.ts";
import { countText } from "../report/report-context.ts";
import { chartLeft, twoPanels } from "./chart-frame.ts";
import { drawColumns, drawHovers, drawLine, drawPlaceLabels, drawUnripe, drawValueAxis } from "./draw-panels.ts";
import type { ChartSeries } from "./draw-panels.ts";
import { drawLegend } from "./draw-legend.ts";
import type { LegendEntry } from "./draw-legend.ts";
import { textAt } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import { withPatterns } from "./fill-patterns.ts";
import { drawGoalLine, goalValues } from "./goal-line.ts";
import type { GoalLine } from "./goal-line.ts";
import { drawMarks, type ChartMark } from "./mark-annotations.ts";
import { countTicks, percentTicks } from "./scale.ts";

/** Columns of counts above, lines of rates below, on the same days. */
export interface CountsAndRates {
  readonly counts: readonly ChartSeries[];
  /** What the columns count, above their axis. */
  readonly countTitle: string;
  /** One on top of the other; else side by side. */
  readonly stacked: boolean;
  /** In percent. */
  readonly rates: readonly ChartSeries[];
  /** What the columns shall reach, all of one place together. */
  readonly countGoal?: GoalLine | undefined;
  /** What each of the lines shall reach. */
  readonly rateGoals?: readonly (GoalLine | undefined)[];
  /** What the lines are, above their axis. */
  readonly rateTitle: string;
  /** Of the days, for the axis. */
  readonly labels: readonly string[];
  /** Of which period these are, at the end of the axis. */
  readonly periodTitle: string;
  /** Of the days, for hovering. */
  readonly names: readonly string[];
  readonly marks: readonly ChartMark[];
  /** From which place on figures can still change; absent if none can. */
  readonly unripeFrom?: number | undefined;
  /** What the ground of these says in the legend. */
  readonly unripeTitle?: string;
}

/** Draws it `width` px wide; `idPrefix` has to be unique on a page. */
export function drawCountsAndRates(chart: CountsAndRates, width: number, idPrefix: string, locale: Locale): Drawing {
  const { counts, countTitle, stacked, rates, rateTitle, rateGoals = [], labels, periodTitle, marks } = chart;
  const begun = labels.filter((_, place) => counts.some(({ values }) => values[place] != null)).length;
  const from = chart.unripeFrom ?? begun;
  const entries: LegendEntry[] = [...counts];
  if (from < begun) entries.push({ name: chart.unripeTitle ?? "", look: "unripe" });
  const legend = drawLegend(chartLeft, width - chartLeft, entries, idPrefix);
  const { columns, rate, height } = twoPanels(width, legend.height);
  const ticks = countTicks(Math.max(largestColumn(chart), ...goalValues(chart.countGoal)), 4);
  const known = rates.flatMap(({ values }) => values.filter((value) => value !== null));
  const rateTicks = percentTicks([...known, ...rateGoals.flatMap(goalValues)], 3);
  const unripe = [labels.length, from, begun, idPrefix] as const;
  const body =
    drawUnripe(columns, ...unripe) +
    drawUnripe(rate, ...unripe) +
    legend.body +
    textAt(columns.left, columns.top - 12, countTitle, "start", "t h") +
    drawValueAxis(columns, ticks, (tick) => countText(tick, locale)) +
    drawColumns(columns, ticks, counts, stacked, idPrefix) +
    drawGoalLine(columns, ticks, chart.countGoal) +
    drawMarks(columns, labels.length, marks) +
    drawPlaceLabels(columns, labels) +
    textAt(rate.left, rate.top - 14, rateTitle, "start", "t h") +
    drawValueAxis(rate, rateTicks, (tick) => `${tick}%`) +
    rates.map((one) => drawLine(rate, rateTicks, one)).join("") +
    rateGoals.map((line) => drawGoalLine(rate, rateTicks, line)).join("") +
    drawPlaceLabels(rate, labels) +
    textAt(rate.left + rate.width, rate.top + rate.height + 34, periodTitle, "end");
  const panels = { ...columns, height: rate.top + rate.height - columns.top };
  return withPatterns({ width, height, body, hovers: drawHovers(panels, hoverTexts(chart, locale)) }, idPrefix);
}

/** "Fri, Dec 5", then a line for each value of the day. */
function hoverTexts({ counts, rates, rateTitle, names }: CountsAndRates, locale: Locale): string[] {
  const percent = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const nameOf = (name: string): string => (rates.length === 1 ? name : `${name}, ${rateTitle}`);
  return names.map((day, place) =>
    [
      day,
      ...counts.map(({ name, values }) => `${name}: ${values[place] == null ? "—" : countText(values[place], locale)}`),
      ...rates.map(
        ({ name, values }) => `${nameOf(name)}: ${values[place] == null ? "—" : `${percent.format(values[place])}%`}`,
      ),
    ].join("\n"),
  );
}

function largestColumn({ counts, stacked, labels }: CountsAndRates): number {
  const heights = labels.map((_, day) => counts.map(({ values }) => values[day] ?? 0));
  const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0);
  return Math.max(...heights.flatMap((parts) => (stacked ? [sum(parts)] : parts)));
}
