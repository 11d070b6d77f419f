import { isDeepStrictEqual } from "node:util";
import { showNotice } from "./diagnose.ts";

type Options = Readonly<Record<string, unknown>>;

/** Options of a call behind those of the calls before it: whatever it gives wins. */
export function mergeOptions(before: Options, asked: Options): Record<string, unknown> {
  return { ...before, ...dropUndefined(asked) };
}

/** Two calls that ask for different things: the later one wins. */
export function sayConflicts(before: Options, asked: Options): void {
  const names = Object.keys(dropUndefined(asked)).filter(
    (name) => before[name] !== undefined && !isEqual(before[name], asked[name]),
  );
  if (names.length === 0) return;
  const message = `startBusinessEvents was called twice with different ${names.join(", ")}: the later call counts`;
  showNotice({ level: "warn", key: message, message, loud: true });
}

function dropUndefined(options: Options): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function isEqual(a: unknown, b: unknown): boolean {
  try {
    return isDeepStrictEqual(a, b);
  } catch {
    // A proxy that throws.
    return false;
  }
}
