import type { Static, TObject, TSchema } from "typebox";
import { Settings } from "typebox/system";
import Value from "typebox/value";
import { describe, isFields, type ProblemList } from "./problem-list.ts";

type ShapeError = ReturnType<typeof Value.Errors>[number];
type Path = readonly string[];

/**
 * Checks an object against its schema. Each problem is named with the value, and with the `remedy` that the schema, or the
 * nearest one around it, gives.
 * @returns the properties that fit, so that what depends on them can be checked as well; undefined if it is not an object
 */
export function checkShape<Shape extends TObject>(
  shape: Shape,
  value: unknown,
  path: Path,
  list: ProblemList,
): Partial<Static<Shape>> | undefined {
  if (!isFields(value)) {
    list.add(path, `is ${describe(value)}, which is not an object`, remedyOf(shape) ?? "Write { … }");
    return undefined;
  }
  const fitting: Record<string, unknown> = { ...value };
  const named = new Set<string>();
  for (const problem of errorsOf(shape, value).flatMap((error) => readError(shape, value, error))) {
    const [key] = problem.path;
    if (key !== undefined) delete fitting[key];
    const place = JSON.stringify(problem.path);
    // A value that breaks two rules is named once.
    if (problem.path.length > 0 && named.has(place)) continue;
    named.add(place);
    list.add([...path, ...problem.path], problem.problem, problem.remedy);
  }
  return fitting as Partial<Static<Shape>>;
}

/** Checks a value that is not an object by itself. */
export function checkValue<Shape extends TSchema>(
  shape: Shape,
  value: unknown,
  path: Path,
  list: ProblemList,
): Static<Shape> | undefined {
  if (Value.Check(shape, value)) return value;
  list.add(path, `is ${describe(value)}`, remedyOf(shape) ?? "Correct it");
  return undefined;
}

/** All errors: TypeBox gives 8 unless told otherwise. */
function errorsOf(shape: TSchema, value: unknown): ShapeError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: 10_000 });
  try {
    return Value.Errors(shape, value);
  } finally {
    Settings.Set({ maxErrors });
  }
}

interface ShapeProblem {
  readonly path: Path;
  readonly problem: string;
  readonly remedy: string;
}

function readError(root: TObject, value: unknown, error: ShapeError): ShapeProblem[] {
  const { path, schema } = locate(root, error);
  const properties = schema["properties"] as Record<string, TSchema> | undefined;
  if (error.keyword === "required") {
    return error.params.requiredProperties.map((key) => {
      const remedy = remedyOf(properties?.[key]) ?? "Add it";
      return { path, problem: `has no ${key}`, remedy };
    });
  }
  if (error.keyword === "additionalProperties") {
    const remedy = properties === undefined ? remedyOf(schema) : `Known are ${Object.keys(properties).join(", ")}`;
    return error.params.additionalProperties.map((key) => ({
      path: [...path, key],
      problem: "is not known here",
      remedy: remedy ?? "Leave it out",
    }));
  }
  // Comes with `additionalProperties`, which names the keys.
  if (error.keyword === "boolean") return [];
  const given = path.reduce<unknown>((within, key) => (within as Record<string, unknown> | undefined)?.[key], value);
  // It may be a secret that was written into the file: errors are logged.
  const problem = schema["hidden"] === true ? "does not fit" : `is ${describe(given)}`;
  return [{ path, problem, remedy: remedyOf(schema) ?? "Correct it" }];
}

/** The innermost schema around an error that has a remedy, and the path of the value that it is about. */
function locate(
  root: TSchema,
  { schemaPath, instancePath }: ShapeError,
): { path: Path; schema: Record<string, unknown> } {
  const keys = tokensOf(instancePath);
  let schema = root as Record<string, unknown>;
  let found = { schema, depth: 0 };
  let depth = 0;
  const tokens = tokensOf(schemaPath.replace(/^#/, ""));
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as string;
    const isStep = token === "properties" || token === "patternProperties";
    const next = isStep ? (schema[token] as Record<string, unknown>)[tokens[++at] as string] : schema[token];
    if (typeof next !== "object" || next === null) break;
    schema = next as Record<string, unknown>;
    depth++;
    if (schema["remedy"] !== undefined) found = { schema, depth };
  }
  return { schema: found.schema, path: keys.slice(0, found.depth) };
}

const tokensOf = (pointer: string): string[] =>
  pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));

function remedyOf(schema: object | undefined): string | undefined {
  return schema !== undefined && "remedy" in schema ? String(schema.remedy) : undefined;
}
