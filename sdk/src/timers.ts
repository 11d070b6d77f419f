import timers from "node:timers";

/**
 * Node's own timers, taken when this module is loaded: a test of the product may replace them, and its clock then
 * stands still for everybody who uses them.
 */
const setTimeout = original("setTimeout");
const clearTimeout = original("clearTimeout");
const setInterval = original("setInterval");
const clearInterval = original("clearInterval");
const setImmediate = original("setImmediate");

/** The timers may have been replaced before this module is loaded: sinon, Jest and Vitest keep the original. */
function original<Name extends "setTimeout" | "clearTimeout" | "setInterval" | "clearInterval" | "setImmediate">(
  name: Name,
): (typeof timers)[Name] {
  const found = timers[name] as (typeof timers)[Name] & { readonly clock?: Readonly<Record<string, unknown>> };
  const kept = found.clock?.[`_${name}`];
  return typeof kept === "function" ? (kept as (typeof timers)[Name]) : found;
}

/** A running timer; null for one that never fires. */
export type Timer = NodeJS.Timeout | null;

/** The longest time that Node's timers can wait, in ms: a longer one would fire at once. */
const maxMs = 2 ** 31 - 1;

/**
 * Calls `callback` after this many ms, never for more than 24 days (Infinity among them). Like all timers in here it
 * does not keep the process alive: what is waited for does that.
 */
export function startTimer(ms: number, callback: () => void): Timer {
  return ms > maxMs ? null : setTimeout(callback, ms).unref();
}

export function stopTimer(timer: Timer): void {
  if (timer !== null) clearTimeout(timer);
}

/** Calls `callback` every so many ms. */
export function startInterval(ms: number, callback: () => void): NodeJS.Timeout {
  return setInterval(callback, ms).unref();
}

export function stopInterval(timer: NodeJS.Timeout): void {
  clearInterval(timer);
}

/** Calls `callback` in the next turn of the event loop, if the process lives that long. */
export function soon(callback: () => void): void {
  setImmediate(callback).unref();
}
