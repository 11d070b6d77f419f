import { inspect } from "node:util";
import type { DefinitionProblem } from "./definitions-error.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Gathers what is wrong, so that all of it is said at once. */
export class ProblemList {
  readonly problems: DefinitionProblem[] = [];

  add(path: readonly string[], problem: string, remedy: string): void {
    this.problems.push({ path, problem, remedy });
  }

  /** @returns the value if it is an object with keys; undefined, with a problem, if it is not */
  object(value: unknown, path: readonly string[]): Fields | undefined {
    if (isFields(value)) return value;
    this.add(path, `is ${describe(value)}, which is not an object`, "Write { … }");
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as it may stand in a sentence. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  const text = typeof value === "function" ? "a function" : show(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function show(value: unknown): string {
  try {
    return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  } catch {
    // A cycle or a bigint.
    return inspect(value, { depth: 1, breakLength: Infinity });
  }
}
