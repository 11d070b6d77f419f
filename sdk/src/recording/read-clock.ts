import { requireBuiltin } from "../require-builtin.ts";

/** The latest time that a Date can hold, in ms. */
const maxMs = 8_640_000_000_000_000;

/**
 * Now, in ms since 1970, as the product's `Date` has it, which a test may have stopped. If that gives no time, as one that
 * somebody replaced may, it is Node's own.
 */
export function readClock(): number {
  try {
    const now: unknown = Date.now();
    if (typeof now === "number" && now >= 0 && now <= maxMs) return now;
  } catch {
    // Then Node's.
  }
  const { performance } = requireBuiltin("node:perf_hooks") as typeof import("node:perf_hooks");
  return Math.floor(performance.timeOrigin + performance.now());
}
