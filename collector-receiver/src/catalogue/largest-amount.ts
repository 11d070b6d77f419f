/** @returns the largest magnitude that a sum with so many decimals adds exactly */
export function largestAmount(decimals: number): number {
  return Math.floor(Number.MAX_SAFE_INTEGER / 10 ** decimals);
}
