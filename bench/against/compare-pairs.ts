import { median } from "../summarise.ts";

export type Side = "this" | "other";

/** µs of CPU an event of the two sides, measured one after the other. */
export type Pair = Readonly<Record<Side, number>>;

/** Which side runs first in a pair, counted from 0: ABBA, so that neither always comes after the other. */
export function orderOfPair(pair: number): readonly [Side, Side] {
  return pair % 2 === 0 ? ["this", "other"] : ["other", "this"];
}

export interface Comparison {
  /** Median CPU an event of each side, µs. */
  readonly cpu: Pair;
  /** Median of this side's CPU divided by the other's, pair by pair. */
  readonly ratio: number;
  readonly smallest: number;
  readonly largest: number;
  readonly pairs: number;
}

/** Compares within each pair, because the machine's speed changes between pairs. */
export function comparePairs(pairs: readonly Pair[]): Comparison {
  const ratios = pairs.map((pair) => pair.this / pair.other);
  return {
    cpu: { this: median(pairs.map((pair) => pair.this)), other: median(pairs.map((pair) => pair.other)) },
    ratio: median(ratios),
    smallest: Math.min(...ratios),
    largest: Math.max(...ratios),
    pairs: pairs.length,
  };
}

/** The result in one line. */
export function writeComparison({ cpu, ratio, smallest, largest, pairs }: Comparison, commit: string): string {
  return (
    `CPU an event: ${cpu.this.toFixed(2)} µs, ${commit} ${cpu.other.toFixed(2)} µs, ` +
    `ratio ${ratio.toFixed(3)}x (${pairs} pairs, ${smallest.toFixed(3)} to ${largest.toFixed(3)})`
  );
}
