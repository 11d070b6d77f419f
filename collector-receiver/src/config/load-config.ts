import { isIP } from "node:net";
import envSchema from "env-schema";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import {
  environmentSchema,
  type ReceiverEnvironment,
  type VariableName,
  type VariableNotes,
} from "./environment-schema.ts";
import { parseDuration } from "./parse-duration.ts";
import { nameOwner, parseTokens, type TokenGrant } from "./parse-tokens.ts";

/** What the receiver is told by its environment; made once, passed as an argument. */
export interface Config {
  /** Undefined: an embedded PostgreSQL in `dataFolder`. */
  readonly databaseUrl: string | undefined;
  /** Where migrations run instead, at the start and by hand; undefined: where everything runs. */
  readonly migrationDatabaseUrl: string | undefined;
  readonly dataFolder: string;
  readonly redisUrl: string | undefined;
  /** File with the product's own events and metrics; undefined: `spanledger.config.ts` of the working folder, if any. */
  readonly definitionsFile: string | undefined;
  readonly host: string;
  readonly port: number;
  /** True where only this machine can reach the receiver. */
  readonly loopback: boolean;
  /** Empty: nobody has to show a token. */
  readonly ingestTokens: readonly TokenGrant[];
  /** Empty: nobody has to show a token. */
  readonly readTokens: readonly TokenGrant[];
  /** Undefined: /metrics asks for none. */
  readonly metricsToken: string | undefined;
  readonly businessTimezone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** A decimal number as text. */
  readonly costPerManualSession: string;
  readonly locale: "zh-CN" | "en";
  readonly sessionIdleTimeoutSeconds: number;
  /** Undefined: everything is kept. */
  readonly retentionMonths: number | undefined;
  /** With `{trace_id}` in it. */
  readonly traceUrlTemplate: string | undefined;
  /** The database holds generated data: pages and files say so. */
  readonly sampleData: boolean;
  /** Largest body on the wire. */
  readonly maxBodyBytes: number;
  /** Largest body after decompression. */
  readonly maxInflatedBytes: number;
  readonly maxQueueBytes: number;
  /** Of them, what the requests of one tenant, or of one gateway, may occupy. */
  readonly maxTenantQueueBytes: number;
  readonly batchMaxEvents: number;
  readonly logLevel: string;
}

const MAX_INFLATED_BYTES = 64 * 1024 * 1024;
const LONGEST_IDLE_TIMEOUT_SECONDS = 366 * 86_400;

/**
 * Reads the environment. A variable that is set to nothing counts as not set.
 * @throws ConfigError with every problem at once; it never holds a secret
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given: Record<string, string> = {};
  for (const name of Object.keys(environmentSchema.properties)) {
    const value = environment[name];
    if (value !== undefined && value.trim() !== "") given[name] = value.trim();
  }
  const problems: ConfigProblem[] = [];
  const report = (variable: VariableName, problem: string, remedy?: string) => {
    if (problems.some((known) => known.variable === variable && known.problem === problem)) return;
    const notes = notesOf(variable);
    const value = given[variable];
    const shown = value === undefined ? "" : notes.secret === true ? " (not shown)" : `=${JSON.stringify(value)}`;
    problems.push({ variable, shown, problem, remedy: remedy ?? `Set it to ${notes.expected}` });
  };

  let read: ReceiverEnvironment | undefined;
  try {
    read = envSchema<ReceiverEnvironment>({
      schema: environmentSchema,
      data: { ...given },
      env: false,
      ajv: { customOptions: (ajv) => ajv.addVocabulary(["expected", "secret", "whenUnset"]) },
    });
  } catch (error) {
    for (const [variable, problem] of readSchemaErrors(error)) report(variable, problem);
  }
  const values = { ...defaults(), ...given };
  const config = {
    databaseUrl: given["DATABASE_URL"],
    migrationDatabaseUrl: given["MIGRATION_DATABASE_URL"],
    redisUrl: given["REDIS_URL"],
    metricsToken: given["METRICS_TOKEN"],
    definitionsFile: given["SPANLEDGER_CONFIG"],
    dataFolder: values["DATA_FOLDER"] ?? "",
    host: values["HOST"] ?? "",
    loopback: isLoopback(values["HOST"] ?? ""),
    businessTimezone: values["BUSINESS_TIMEZONE"] ?? "",
    currency: values["CURRENCY"] ?? "",
    costPerManualSession: values["COST_PER_MANUAL_SESSION"] ?? "",
    sessionIdleTimeoutSeconds: parseDuration(values["SESSION_IDLE_TIMEOUT"] ?? "") ?? 0,
    ingestTokens: readTokens("INGEST_TOKENS", { severalTenants: true }),
    readTokens: readTokens("READ_TOKENS", { severalTenants: false }),
  };

  function readTokens(variable: "INGEST_TOKENS" | "READ_TOKENS", options: { severalTenants: boolean }): TokenGrant[] {
    const text = given[variable];
    if (text === undefined) return [];
    const { grants, problems: wrong } = parseTokens(text, options);
    for (const problem of wrong) report(variable, problem);
    return grants;
  }

  if (!isTimezone(config.businessTimezone)) report("BUSINESS_TIMEZONE", "is not a time zone that this machine knows");
  if (!Intl.supportedValuesOf("currency").includes(config.currency)) report("CURRENCY", "is not a currency code");
  if (config.sessionIdleTimeoutSeconds < 60 || config.sessionIdleTimeoutSeconds > LONGEST_IDLE_TIMEOUT_SECONDS) {
    report("SESSION_IDLE_TIMEOUT", "is not a duration from one minute to 366 days");
  }
  for (const variable of ["DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"] as const) {
    const url = given[variable];
    if (url !== undefined && !URL.canParse(url))
      report(variable, "is not a URL; special characters in its password are written %40 and so on");
  }
  if (config.migrationDatabaseUrl !== undefined && config.databaseUrl === undefined) {
    report(
      "MIGRATION_DATABASE_URL",
      "is set without DATABASE_URL, so that events would go to the embedded PostgreSQL",
      "Set DATABASE_URL as well",
    );
  }
  if (!config.loopback) {
    for (const variable of ["INGEST_TOKENS", "READ_TOKENS"] as const) {
      if (given[variable] !== undefined) continue;
      const remedy = `Set it to ${notesOf(variable).expected} (make one with \`openssl rand -hex 24\`), or set HOST to 127.0.0.1`;
      report(
        variable,
        `is not set, and HOST=${JSON.stringify(config.host)} lets other machines reach the receiver`,
        remedy,
      );
    }
  }
  if (read === undefined || problems.length > 0) throw new ConfigError(problems);

  return {
    ...config,
    port: read.PORT,
    locale: read.LOCALE,
    retentionMonths: read.RETENTION_MONTHS,
    traceUrlTemplate: read.TRACE_URL_TEMPLATE,
    sampleData: read.SAMPLE_DATA === "true",
    maxBodyBytes: read.MAX_BODY_BYTES,
    maxInflatedBytes: MAX_INFLATED_BYTES,
    maxQueueBytes: read.MAX_QUEUE_BYTES,
    maxTenantQueueBytes: shareOf(read.MAX_QUEUE_BYTES, config.ingestTokens),
    batchMaxEvents: read.BATCH_MAX_EVENTS,
    logLevel: read.LOG_LEVEL,
  };
}

/** Whether nobody but this machine can connect to a server that listens there. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (address === "localhost" || address === "::1") return true;
  return isIP(address) === 4 && address.startsWith("127.");
}

/** Half of the queue is there for the others, where there are any. */
function shareOf(maxQueueBytes: number, ingestTokens: readonly TokenGrant[]): number {
  const senders = new Set(ingestTokens.map(({ tenantIds }) => nameOwner(tenantIds)));
  return senders.size > 1 ? Math.floor(maxQueueBytes / 2) : maxQueueBytes;
}

function notesOf(variable: VariableName): VariableNotes {
  return environmentSchema.properties[variable] as unknown as VariableNotes;
}

function defaults(): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, schema] of Object.entries(environmentSchema.properties)) {
    if ("default" in schema) values[name] = String(schema.default);
  }
  return values;
}

function isTimezone(name: string): boolean {
  // Intl takes offsets such as +08:00 too; PostgreSQL reads their sign the other way round.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
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
