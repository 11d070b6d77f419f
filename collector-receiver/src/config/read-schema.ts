import envSchema from "env-schema";
import { environmentSchema, type ReceiverEnvironment, type VariableName } from "./environment-schema.ts";

type Texts = Readonly<Record<string, string | undefined>>;

/** The variables as they were given, and as the schema reads them. */
export interface ReadEnvironment {
  /** Those that are set, without the white space around them. */
  readonly given: Readonly<Partial<Record<VariableName, string>>>;
  /** `given`, with the defaults of the rest. */
  readonly texts: Readonly<Partial<Record<VariableName, string>>>;
  /** Undefined if a value does not fit the schema. */
  readonly values: ReceiverEnvironment | undefined;
  readonly problems: readonly [variable: VariableName, problem: string][];
}

/** Reads each variable by itself. A variable that is set to nothing counts as not set. */
export function readSchema(environment: Texts): ReadEnvironment {
  const given: Partial<Record<VariableName, string>> = {};
  for (const name of Object.keys(environmentSchema.properties) as VariableName[]) {
    const value = environment[name]?.trim();
    if (value !== undefined && value !== "") given[name] = value;
  }
  const texts = { ...defaults(), ...given };
  try {
    const values = envSchema<ReceiverEnvironment>({
      schema: environmentSchema,
      data: { ...given },
      env: false,
      ajv: { customOptions: (ajv) => ajv.addVocabulary(["expected", "secret", "whenUnset"]) },
    });
    return { given, texts, values, problems: [] };
  } catch (error) {
    return { given, texts, values: undefined, problems: readSchemaErrors(error) };
  }
}

function defaults(): Partial<Record<VariableName, string>> {
  const values: Partial<Record<VariableName, string>> = {};
  for (const [name, schema] of Object.entries(environmentSchema.properties)) {
    if ("default" in schema) values[name as VariableName] = String(schema.default);
  }
  return values;
}

/** What ajv says, by variable, in words without the value. */
function readSchemaErrors(error: unknown): [VariableName, string][] {
  const errors = (error as { errors?: { instancePath: string; keyword: string; message?: string }[] }).errors;
  if (!Array.isArray(errors)) throw error;
  return errors.map(({ instancePath, keyword, message }) => [
    instancePath.slice(1).split("/")[0] as VariableName,
    keyword === "pattern"
      ? "has the wrong form"
      : ["anyOf", "const", "enum"].includes(keyword)
        ? "is none of the known values"
        : (message ?? keyword),
  ]);
}
