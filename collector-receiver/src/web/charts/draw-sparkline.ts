import { escapeText } from "../page/html.ts";
import { px } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import { linearScale } from "./scale.ts";

/** A small line over time, and the one it is compared with. Null: no value at that place. */
export interface Sparkline {
  readonly now: readonly (number | null)[];
  readonly before: readonly (number | null)[];
  /** Places at which something happened. */
  readonly marks: readonly number[];
  /** How many places of `now` are final; later ones are dashed, since they still change. */
  readonly ripe: number;
  /** Begins at 0; else at the lowest value. */
  readonly fromZero: boolean;
}

const width = 240;
const height = 44;
const margin = 5;

/**
 * The lines as SVG, stretched to whatever it stands in; empty if there is nothing to draw.
 * @param label what they show, for those who cannot see them
 */
export function drawSparkline(line: Sparkline, label: string): string {
  const drawn = sparklineDrawing(line);
  return drawn === null
    ? ""
    : `<svg class="spark" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${escapeText(label)}">${drawn.body}</svg>`;
}

/** The lines alone, for a file; null if there is nothing to draw. */
export function sparklineDrawing({ now, before, marks, ripe, fromZero }: Sparkline): Drawing | null {
  const known = [...now, ...before].filter((value) => value !== null);
  if (known.length < 2) return null;
  const low = fromZero ? 0 : Math.min(...known);
  const high = Math.max(...known);
  const x = linearScale(0, Math.max(now.length, before.length, 2) - 1, margin, width - 2 * margin);
  const y = linearScale(low, high === low ? low + 1 : high, height - margin, 2 * margin - height);
  const path = (values: readonly (number | null)[], from: number, to: number): string => {
    let text = "";
    let open = false;
    for (let place = Math.max(0, from); place < Math.min(to, values.length); place++) {
      const value = values[place] ?? null;
      if (value !== null) {
        // The first point of a piece is drawn even if it is alone: a line of no length with a round end.
        text += `${open ? "L" : "M"}${px(x(place))} ${px(y(value))}${open ? "" : "h0"}`;
      }
      open = value !== null;
    }
    return text;
  };
  const last = now.findLastIndex((value) => value !== null);
  const lines = [
    ["mark", marks.map((place) => `M${px(x(place))} 1V${height - 1}`).join("")],
    ["was", path(before, 0, before.length)],
    ["is", path(now, 0, ripe)],
    ["unripe", path(now, ripe - 1, now.length)],
    ["end", last < 0 ? "" : path(now, last, last + 1)],
  ].map(([look, d]) => (d === "" ? "" : `<path class="${look}" d="${d}"/>`));
  return { width, height, body: lines.join(""), hovers: "" };
}
