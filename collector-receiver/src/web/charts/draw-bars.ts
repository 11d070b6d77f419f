import { fitText, hoverAt, textAt, widthOf } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import { filledBox, withPatterns } from "./fill-patterns.ts";
import type { Look } from "./fill-patterns.ts";
import { linearScale } from "./scale.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands at its end. */
  readonly formatted: string;
  readonly look: Look;
}

/** More bars than this are a wall; further ones are drawn as one. */
export const maxBars = 20;

/**
 * Horizontal bars, the label before and the number behind each.
 * @param unit what the numbers count, above the bars
 */
export function drawBars(bars: readonly Bar[], unit: string, width: number, idPrefix: string): Drawing {
  const step = 28;
  const top = 24;
  const labels = Math.min(width * 0.36, Math.max(...bars.map(({ label }) => widthOf(label))) + 16);
  const numbers = Math.max(...bars.map(({ formatted }) => widthOf(formatted))) + 12;
  const length = linearScale(0, Math.max(...bars.map(({ value }) => value), 1), 0, width - labels - numbers);
  const body = bars.map(({ label, value, formatted, look }, i) => {
    const y = top + i * step;
    return (
      textAt(labels - 8, y + 15, fitText(label, labels - 8), "end") +
      filledBox(labels, y + 2, Math.max(1, length(value)), 18, look, idPrefix) +
      textAt(labels + length(value) + 7, y + 15, formatted)
    );
  });
  const hovers = bars.map(({ label, formatted }, i) =>
    hoverAt(0, top + i * step, width, step, `${label}: ${formatted}`),
  );
  return withPatterns(
    {
      width,
      height: top + bars.length * step + 6,
      body: textAt(labels, 14, unit, "start", "t h") + body.join(""),
      hovers: hovers.join(""),
    },
    idPrefix,
  );
}
