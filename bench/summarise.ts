/** What a figure is held against; both are absent for a figure that is a fact. */
export interface Target {
  readonly goal: number;
  /** What must hold until the goal is reached; the goal itself if left out. */
  readonly limit?: number;
  /** True if a smaller number is better. */
  readonly atMost: boolean;
}

/** One measured figure. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** Median over the rounds of ours divided by the reference, or the measured value itself. */
  readonly ratio: number;
  /** Null for a fact, which nothing is expected of. */
  readonly target: Target | null;
  /** Median of the measured value in `unit`. */
  readonly median: number;
  readonly unit: string;
  /** (largest - smallest) / median of the ratio over the rounds. */
  readonly spread: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** (largest - smallest) / median. */
export function spreadOf(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Makes a figure from the ratios and values of all rounds. */
export function makeFigure(
  { id, title, target, unit }: Pick<Figure, "id" | "title" | "target" | "unit">,
  ratios: readonly number[],
  values: readonly number[],
): Figure {
  return { id, title, target, unit, ratio: median(ratios), median: median(values), spread: spreadOf(ratios) };
}

/** Whether the ratio reaches the goal, and whether it is within the limit; null for a fact. A ratio that is NaN does neither. */
export function judge({ ratio, target }: Pick<Figure, "ratio" | "target">) {
  if (target === null) return { reached: null, holds: null };
  const meets = (bound: number): boolean => (target.atMost ? ratio <= bound : ratio >= bound);
  return { reached: meets(target.goal), holds: meets(target.limit ?? target.goal) };
}

/** What `--json` prints of a figure. */
export function inJson(figure: Figure) {
  const { id, ratio, target, median: middle, spread } = figure;
  const { reached, holds } = judge(figure);
  const goal = target?.goal ?? null;
  return { id, ratio, goal, limit: target?.limit ?? goal, reached, holds, median: middle, spread };
}
