import { hoverAt, lineAt, px, rectAt, textAt, widthOf } from "./drawing.ts";
import type { Area } from "./drawing.ts";
import { filledBox, unripeBox } from "./fill-patterns.ts";
import type { Look } from "./fill-patterns.ts";
import { linearScale } from "./scale.ts";

/** A value axis on the left, with a line across the panel at each tick. */
export function drawValueAxis(area: Area, ticks: readonly number[], format: (tick: number) => string): string {
  const y = valueScale(area, ticks);
  return ticks
    .map(
      (tick) =>
        lineAt(area.left, y(tick), area.left + area.width, y(tick), tick === ticks[0] ? "axis" : "grid") +
        textAt(area.left - 6, y(tick) + 4, format(tick), "end"),
    )
    .join("");
}

/** Labels below the panel, as many as fit; the first always. */
export function drawPlaceLabels(area: Area, labels: readonly string[]): string {
  const slot = area.width / labels.length;
  const every = Math.max(1, Math.ceil((Math.max(...labels.map(widthOf)) + 6) / slot));
  return labels
    .map((label, i) =>
      i % every === 0 ? textAt(area.left + slot * (i + 0.5), area.top + area.height + 16, label, "middle") : "",
    )
    .join("");
}

export function valueScale(area: Area, ticks: readonly number[]): (value: number) => number {
  return linearScale(ticks[0] as number, ticks.at(-1) as number, area.top + area.height, -area.height);
}

export interface ChartSeries {
  readonly name: string;
  /** Lines have the looks 1 and 2 only. */
  readonly look: Look;
  /** Null: nothing is drawn at this place. */
  readonly values: readonly (number | null)[];
}

/** Columns: the series side by side, or one on top of the other. */
export function drawColumns(
  area: Area,
  ticks: readonly number[],
  series: readonly ChartSeries[],
  stacked: boolean,
  idPrefix: string,
): string {
  const y = valueScale(area, ticks);
  const places = series[0]?.values.length ?? 0;
  const slot = area.width / Math.max(1, places);
  const columns = stacked ? 1 : series.length;
  const width = Math.min(48, (slot * 0.78) / columns);
  let body = "";
  for (let place = 0; place < places; place++) {
    let base = 0;
    series.forEach(({ values, look }, i) => {
      const value = values[place] ?? 0;
      if (value === 0) return;
      const left = area.left + slot * (place + 0.5) - (width * columns) / 2 + (stacked ? 0 : i * width);
      body += filledBox(left, y(base + value), width, y(base) - y(base + value), look, idPrefix);
      if (stacked) base += value;
    });
  }
  return body;
}

/** The ground behind days whose figures can still change, from place `from` on to where days end that have begun. */
export function drawUnripe(area: Area, places: number, from: number, to: number, idPrefix: string): string {
  if (from >= to) return "";
  const slot = area.width / Math.max(1, places);
  return unripeBox(area.left + slot * from, area.top, slot * (to - from), area.height, idPrefix);
}

/** What each place says on hover, over the whole height of the panels. */
export function drawHovers(area: Area, titles: readonly string[]): string {
  const slot = area.width / Math.max(1, titles.length);
  return titles.map((title, place) => hoverAt(area.left + slot * place, area.top, slot, area.height, title)).join("");
}

/** A line with a dot at each value; it is interrupted if there is none. */
export function drawLine(area: Area, ticks: readonly number[], series: ChartSeries): string {
  const y = valueScale(area, ticks);
  const slot = area.width / Math.max(1, series.values.length);
  let path = "";
  let dots = "";
  let open = false;
  series.values.forEach((value, place) => {
    if (value === null) {
      open = false;
      return;
    }
    const [x, at] = [area.left + slot * (place + 0.5), y(value)];
    path += `${open ? "L" : "M"}${px(x)} ${px(at)}`;
    open = true;
    dots +=
      series.look === 1
        ? `<circle class="dot1" cx="${px(x)}" cy="${px(at)}" r="2.6"/>`
        : rectAt(x - 2.8, at - 2.8, 5.6, 5.6, "dot2");
  });
  return path === "" ? "" : `<path class="line${series.look}" d="${path}"/>${dots}`;
}
