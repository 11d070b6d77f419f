/** Round numbers from at most `low` to at least `high`, with about `count` steps between them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const span = high > low ? high - low : 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * 0.999) as number) * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // Multiplied anew each time: adding up would leave 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Ticks of a count from 0: whole numbers only. */
export function countTicks(high: number, count: number): number[] {
  return niceTicks(0, Math.max(high, count), count).filter((tick) => Number.isInteger(tick));
}

/** Ticks of a rate in percent: from 0, or from nearer if all of it is high; never above 100 without need. */
export function percentTicks(values: readonly number[], count: number): number[] {
  const low = Math.min(...values, 100);
  const high = Math.max(...values, 100);
  const floor = low >= 90 ? 90 : low >= 80 ? 80 : low >= 60 ? 60 : low >= 50 ? 50 : 0;
  return niceTicks(floor, high, count);
}

/** A function from values to px: `from` at `at`, `to` at `at + length`. */
export function linearScale(from: number, to: number, at: number, length: number): (value: number) => number {
  return (value) => at + ((value - from) / (to - from || 1)) * length;
}

/** 1, 2 and 5 times the powers of ten between two values above 0: ticks of a logarithmic axis. */
export function roundNumbersBetween(from: number, to: number): number[] {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(to / from)) + 2 },
    (_, i) => 10 ** (Math.floor(Math.log10(from)) + i),
  );
  return powers
    .flatMap((power) => [1, 2, 5].map((factor) => Number((factor * power).toPrecision(12))))
    .filter((value) => value >= from && value <= to);
}
