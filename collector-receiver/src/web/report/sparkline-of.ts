import { metricOf } from "../../metrics/metric-dictionary.ts";
import type { Sparkline } from "../charts/draw-sparkline.ts";
import type { LineDay } from "./daily-line.ts";

/** The line of a figure by day, ready to be drawn; counts begin at 0. */
export function sparklineOf(key: string, line: readonly LineDay[]): Sparkline {
  const firstUnripe = line.findIndex(({ isUnripe }) => isUnripe);
  return {
    now: line.map(({ value }) => value),
    before: line.map(({ before }) => before?.value ?? null),
    marks: line.flatMap(({ isMarked }, place) => (isMarked ? [place] : [])),
    ripe: firstUnripe < 0 ? line.length : firstUnripe,
    fromZero: metricOf(key).kind === "sum",
  };
}
