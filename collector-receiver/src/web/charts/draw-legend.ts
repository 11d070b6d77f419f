import { textAt, widthOf } from "./drawing.ts";
import { filledBox, unripeBox } from "./fill-patterns.ts";
import type { Look } from "./fill-patterns.ts";

export interface LegendEntry {
  readonly name: string;
  /** Of its columns; `unripe` is the ground of days that can still change. */
  readonly look: Look | "unripe";
}

const lineHeight = 18;
const boxWidth = 12;
const textOffset = 18;
const gap = 16;

/** The names of the series, each beside a piece of its filling, in as many lines as they need. */
export function drawLegend(
  left: number,
  width: number,
  entries: readonly LegendEntry[],
  idPrefix: string,
): { readonly body: string; readonly height: number } {
  let [x, y] = [0, 0];
  const drawn = entries.map(({ name, look }) => {
    const needed = textOffset + widthOf(name);
    if (x > 0 && x + needed > width) [x, y] = [0, y + lineHeight];
    const place = [left + x, y + 4, boxWidth, 10] as const;
    const box = look === "unripe" ? unripeBox(...place, idPrefix) : filledBox(...place, look, idPrefix);
    const text = textAt(left + x + textOffset, y + 13, name);
    x += needed + gap;
    return box + text;
  });
  return { body: drawn.join(""), height: y + lineHeight };
}
