import { onePanel } from "./chart-frame.ts";
import { drawValueAxis, valueScale } from "./draw-panels.ts";
import { hoverAt, lineAt, rectAt, textAt, widthOf } from "./drawing.ts";
import type { Area, Drawing } from "./drawing.ts";
import { countTicks, roundNumbersBetween } from "./scale.ts";

/** One bar: what lies in a range. */
export interface HistogramBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** What it says on hover. */
  readonly title: string;
}

/** How often values occur, on a logarithmic axis: each bar is as wide there as its range. */
export interface Histogram {
  /** At least one, in order, each beginning where the one before ends; `from` of the first is above 0. */
  readonly bins: readonly HistogramBin[];
  /** Values that are marked by a line. */
  readonly marks: readonly { readonly at: number; readonly label: string }[];
  /** Writes a count. */
  readonly countText: (count: number) => string;
  /** Writes a value of the axis, with its unit. */
  readonly valueText: (value: number) => string;
  readonly countTitle: string;
  readonly valueTitle: string;
}

const markStep = 15;

export function drawHistogram(chart: Histogram, width: number): Drawing {
  const { bins, marks, countText, valueText, countTitle, valueTitle } = chart;
  const area = onePanel(width, 30 + Math.max(1, marks.length) * markStep, 250);
  const [from, to] = [(bins[0] as HistogramBin).from, (bins.at(-1) as HistogramBin).to];
  const x = (value: number): number => area.left + (Math.log(value / from) / Math.log(to / from)) * area.width;
  const ticks = countTicks(Math.max(...bins.map(({ count }) => count)), 4);
  const y = valueScale(area, ticks);
  const bottom = area.top + area.height;
  // A gap of half a pixel to either side, taken from the bar and not from its place.
  const bars = bins
    .filter(({ count }) => count > 0)
    .map(({ from: left, to: right, count }) =>
      rectAt(x(left) + 0.5, y(count), Math.max(0.5, x(right) - x(left) - 1), bottom - y(count), "fill1"),
    );
  const hovers = bins.map(({ from: left, to: right, title }) =>
    hoverAt(x(left), area.top, x(right) - x(left), area.height, title),
  );
  return {
    width,
    height: bottom + 46,
    body:
      textAt(area.left, area.top - 10, countTitle, "start", "t h") +
      drawValueAxis(area, ticks, countText) +
      bars.join("") +
      drawTicks(area, from, to, x, valueText) +
      textAt(area.left + area.width, bottom + 38, valueTitle, "end", "t h") +
      marks.map((mark, i) => drawMark(area, x(mark.at), 14 + i * markStep, mark.label)).join(""),
    hovers: hovers.join(""),
  };
}

/** Round values below the axis, as many as have room. */
function drawTicks(
  area: Area,
  from: number,
  to: number,
  x: (value: number) => number,
  valueText: (value: number) => string,
): string {
  const bottom = area.top + area.height;
  let free = area.left - 8;
  return roundNumbersBetween(from, to)
    .map((value) => {
      const label = valueText(value);
      const half = widthOf(label) / 2;
      const tick = lineAt(x(value), bottom, x(value), bottom + 4, "axis");
      if (x(value) - half < free || x(value) + half > area.left + area.width + 10) return tick;
      free = x(value) + half + 6;
      return tick + textAt(x(value), bottom + 18, label, "middle");
    })
    .join("");
}

/** A line with its label, each on a height of its own, so that near ones do not cover each other; turned left at the right edge. */
function drawMark(area: Area, x: number, y: number, label: string): string {
  const turned = x + 5 + widthOf(label) > area.left + area.width;
  return (
    lineAt(x, y - 9, x, area.top + area.height, "quantile") +
    textAt(turned ? x - 5 : x + 5, y, label, turned ? "end" : "start", "t over")
  );
}
