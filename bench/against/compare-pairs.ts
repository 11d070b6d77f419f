import { median } from "../summarise.ts";

export type Side = "this" | "other";

/** What is compared, with its unit. */
export const measures = {
  "CPU an event": "µs",
  "PostgreSQL's part": "µs",
  "receiver's peak memory": "MiB",
} as const;
export type Measure = keyof typeof measures;

/** A measure of the two sides, taken one after the other. */
export type Pair = Readonly<Record<Side, number>>;

/** Which side runs first in a pair, counted from 0: ABBA, so that neither always comes after the other. */
export function orderOfPair(pair: number): readonly [Side, Side] {
  return pair % 2 === 0 ? ["this", "other"] : ["other", "this"];
}

export interface Comparison {
  /** Median of each side. */
  readonly medians: Pair;
  /** Median of this side divided by the other, pair by pair. */
  readonly ratio: number;
  readonly smallest: number;
  readonly largest: number;
  readonly pairs: number;
}

/** Compares within each pair, because the machine's speed changes between pairs. */
export function comparePairs(pairs: readonly Pair[]): Comparison {
  const ratios = pairs.map((pair) => pair.this / pair.other);
  return {
    medians: { this: median(pairs.map((pair) => pair.this)), other: median(pairs.map((pair) => pair.other)) },
    ratio: median(ratios),
    smallest: Math.min(...ratios),
    largest: Math.max(...ratios),
    pairs: pairs.length,
  };
}

/** The result in one line. */
export function writeComparison(
  measure: Measure,
  { medians, ratio, smallest, largest, pairs }: Comparison,
  commit: string,
): string {
  const unit = measures[measure];
  return (
    `${measure}: ${medians.this.toFixed(2)} ${unit}, ${commit} ${medians.other.toFixed(2)} ${unit}, ` +
    `ratio ${ratio.toFixed(3)}x (${pairs} pairs, ${smallest.toFixed(3)} to ${largest.toFixed(3)})`
  );
}
