import { fitText, textAt, widthOf } from "./drawing.ts";
import type { Drawing } from "./drawing.ts";
import { withHatch } from "./chart-frame.ts";
import { column } from "./draw-panels.ts";
import { linearScale } from "./scale.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands at its end. */
  readonly formatted: string;
  readonly look: 1 | 2;
}

/** Horizontal bars, the label before and the number behind each. */
export function drawBars(bars: readonly Bar[], width: number, hatchId: string): Drawing {
  const step = 28;
  const top = 6;
  const labels = Math.min(width * 0.36, Math.max(...bars.map(({ label }) => widthOf(label))) + 16);
  const numbers = Math.max(...bars.map(({ formatted }) => widthOf(formatted))) + 12;
  const length = linearScale(0, Math.max(...bars.map(({ value }) => value), 1), 0, width - labels - numbers);
  const body = bars.map(({ label, value, formatted, look }, i) => {
    const y = top + i * step;
    return (
      textAt(labels - 8, y + 15, fitText(label, labels - 8), "end") +
      column(labels, y + 2, Math.max(1, length(value)), 18, look, hatchId) +
      textAt(labels + length(value) + 7, y + 15, formatted)
    );
  });
  return withHatch(width, top * 2 + bars.length * step, hatchId, body.join(""));
}
