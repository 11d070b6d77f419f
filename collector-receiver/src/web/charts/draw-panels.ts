import { lineAt, px, rectAt, textAt, widthOf } from "./drawing.ts";
import type { Area } from "./drawing.ts";
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

function valueScale(area: Area, ticks: readonly number[]): (value: number) => number {
  return linearScale(ticks[0] as number, ticks.at(-1) as number, area.top + area.height, -area.height);
}

export interface ChartSeries {
  readonly name: string;
  /** 1 or 2: each has its own colour and its own filling or stroke, so that colour is not needed. */
  readonly look: 1 | 2;
  /** Null: nothing is drawn at this place. */
  readonly values: readonly (number | null)[];
}

/** Columns: the series side by side, or one on top of the other. */
export function drawColumns(
  area: Area,
  ticks: readonly number[],
  series: readonly ChartSeries[],
  stacked: boolean,
  hatchId: string,
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
      body += column(left, y(base + value), width, y(base) - y(base + value), look, hatchId);
      if (stacked) base += value;
    });
  }
  return body;
}

export function column(left: number, top: number, width: number, height: number, look: 1 | 2, hatchId: string): string {
  const box = rectAt(left, top, width, height, `fill${look}`);
  // The second filling is hatched: told from the first without colour.
  return look === 1
    ? box
    : `${box}<rect fill="url(#${hatchId})" x="${px(left)}" y="${px(top)}" width="${px(width)}" height="${px(height)}"/>`;
}

/** A line with a dot at each value; it is interrupted where there is none. */
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

/** The names of the series with a piece of how each is drawn, in a row. */
export function drawLegend(
  left: number,
  top: number,
  series: readonly Pick<ChartSeries, "name" | "look">[],
  kind: "column" | "line",
  hatchId: string,
): string {
  let x = left;
  let body = "";
  for (const { name, look } of series) {
    body +=
      kind === "column"
        ? column(x, top - 9, 12, 10, look, hatchId)
        : lineAt(x - 2, top - 4, x + 14, top - 4, `line${look}`) +
          (look === 1
            ? `<circle class="dot1" cx="${px(x + 6)}" cy="${px(top - 4)}" r="2.6"/>`
            : rectAt(x + 3.2, top - 6.8, 5.6, 5.6, "dot2"));
    body += textAt(x + 19, top, name);
    x += 19 + widthOf(name) + 18;
  }
  return body;
}
