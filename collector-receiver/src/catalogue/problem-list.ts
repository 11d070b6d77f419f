import type { DefinitionProblem } from "./definitions-error.ts";

export type Fields = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** Longest text of a name or a meaning. */
const longestText = 300;

/** Gathers problems, with the questions that every part of a definition is asked. */
export class ProblemList {
  readonly problems: DefinitionProblem[] = [];

  add(path: Path, problem: string, remedy: string): void {
    this.problems.push({ path, problem, remedy });
  }

  /** The value as an object with none but these keys; undefined, with a problem, where it is none. */
  object(value: unknown, path: Path, keys?: readonly string[]): Fields | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const remedy = path.length === 0 ? "Export defineSpanledger({ events, metrics }) by default" : "Write { … }";
      this.add(path, `is ${describe(value)}, and no object`, remedy);
      return undefined;
    }
    if (keys === undefined) return value as Fields;
    for (const key of Object.keys(value)) {
      if (!keys.includes(key)) this.add([...path, key], "is not known here", `Known are ${keys.join(", ")}`);
    }
    return value as Fields;
  }

  /** A text in a language; "" with a problem. */
  text(fields: Fields, key: string, path: Path): string {
    const value = fields[key];
    if (typeof value === "string" && value.trim() !== "" && value.length <= longestText) return value.trim();
    const missing = value === undefined ? "is missing" : `is ${describe(value)}`;
    this.add(
      value === undefined ? path : [...path, key],
      `${key} ${missing}`,
      `Write a text of at most ${longestText} characters`,
    );
    return "";
  }

  /** One of a few words; undefined where it is absent, or, with a problem, none of them. */
  oneOf<T extends string>(fields: Fields, key: string, path: Path, known: readonly T[]): T | undefined {
    const value = fields[key];
    if (value === undefined) return undefined;
    if (known.includes(value as T)) return value as T;
    this.add([...path, key], `is ${describe(value)}`, `Known are ${known.join(", ")}`);
    return undefined;
  }

  /** A finite number; undefined where it is absent, or, with a problem, none. */
  number(fields: Fields, key: string, path: Path): number | undefined {
    const value = fields[key];
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    this.add([...path, key], `is ${describe(value)}`, "Write a finite number");
    return undefined;
  }

  /** Distinct, non-empty texts, at least one; undefined, with a problem, where they are not. */
  texts(value: unknown, path: Path, most: number, longest: number): readonly string[] | undefined {
    const isList =
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= most &&
      value.every(
        (text) => typeof text === "string" && text.trim() === text && text !== "" && text.length <= longest,
      ) &&
      new Set(value).size === value.length;
    if (isList) return value as string[];
    this.add(path, `is ${describe(value)}`, `List 1 to ${most} different texts of at most ${longest} characters`);
    return undefined;
  }
}

/** A value as it may stand in a sentence. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  const text = typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
