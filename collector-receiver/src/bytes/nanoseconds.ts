/**
 * Milliseconds of a 64-bit count of nanoseconds, rounded down. Exact: no step leaves the integers
 * that a double holds.
 */
export function millisecondsOf(high: number, low: number): number {
  const quotient = Math.floor(high / 1_000_000);
  const rest = (high - quotient * 1_000_000) * 0x100000000 + low;
  return quotient * 0x100000000 + Math.floor(rest / 1_000_000);
}
