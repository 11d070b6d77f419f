import { readGiven } from "../recording/copy-attributes.ts";

/** The variables of a process; `process.env` in production. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable without the blanks around it; undefined if it is not set or blank. */
export function readText(env: Environment, variable: string): string | undefined {
  const value = readGiven(env, variable);
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** `true` and `1`, `false` and `0`, in any case; anything else is named to `warn` and counts as not set. */
export function readFlag(env: Environment, variable: string, warn: (message: string) => void): boolean | undefined {
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  if (/^(?:true|1)$/i.test(text)) return true;
  if (/^(?:false|0)$/i.test(text)) return false;
  warn(`${variable} has to be true or false, not "${text}"; it is ignored`);
  return undefined;
}

/** Milliseconds from 0; `Infinity` for no limit. */
export function readMilliseconds(
  env: Environment,
  variable: string,
  warn: (message: string) => void,
): number | undefined {
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  const value = /^(?:\d+(?:\.\d+)?|Infinity)$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0) return value;
  warn(`${variable} has to be a number of milliseconds from 0, not "${text}"; the default is used`);
  return undefined;
}

/** Percent-decoded; the text as it is if it is not encoded. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A test runner has started this process: Jest, Vitest or Node's own. */
export function runsUnderTests(env: Environment): boolean {
  return ["JEST_WORKER_ID", "VITEST", "NODE_TEST_CONTEXT"].some((variable) => readText(env, variable) !== undefined);
}
