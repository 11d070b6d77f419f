/** One measured figure. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** Median over the rounds of ours divided by the reference, or the measured value itself. */
  readonly ratio: number;
  readonly goal: number;
  /** True where a smaller number is the better one. */
  readonly atMost: boolean;
  readonly holds: boolean;
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

/** A figure from the ratios of all rounds. */
export function makeFigure(
  { id, title, goal, unit, atMost = false }: Pick<Figure, "id" | "title" | "goal" | "unit"> & { atMost?: boolean },
  ratios: readonly number[],
  values: readonly number[],
): Figure {
  const ratio = median(ratios);
  return {
    id,
    title,
    ratio,
    goal,
    atMost,
    holds: atMost ? ratio <= goal : ratio >= goal,
    median: median(values),
    unit,
    spread: spreadOf(ratios),
  };
}

/** What `--json` prints of a figure. */
export function inJson({ id, ratio, goal, holds, median: middle, spread }: Figure) {
  return { id, ratio, goal, holds, median: middle, spread };
}
