import { px } from "../charts/drawing.ts";
import { linearScale } from "../charts/scale.ts";
import { trusted } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import type { TrendPoint } from "./report-figures.ts";

/** The last months as a line; null if there are fewer than two. Its numbers stand in the definition. */
export function renderTrend(points: readonly TrendPoint[]): Html | null {
  const known = points.flatMap(({ value }) => (value === null ? [] : [value]));
  if (known.length < 2) return null;
  const [width, height] = [200, 36];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = linearScale(0, points.length - 1, 5, width - 10);
  const y = linearScale(low, high === low ? low + 1 : high, height - 6, 12 - height);
  const places = points.flatMap(({ value }, i) => (value === null ? [] : [{ i, at: `${px(x(i))} ${px(y(value))}` }]));
  const path = places.map(({ i, at }, n) => `${n > 0 && places[n - 1]?.i === i - 1 ? "L" : "M"}${at}`).join("");
  const dots = points.map(({ value }, i) =>
    value === null
      ? ""
      : `<circle class="${i === points.length - 1 ? "now" : "was"}" cx="${px(x(i))}" cy="${px(y(value))}" r="${i === points.length - 1 ? 3.4 : 2.2}"/>`,
  );
  return trusted(
    `<svg class="trend" viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMinYMid meet" aria-hidden="true" focusable="false"><path d="${path}"/>${dots.join("")}</svg>`,
  );
}
