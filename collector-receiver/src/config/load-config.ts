import { checkAcross, type CheckedEnvironment } from "./check-across.ts";
import type { Config } from "./config.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { variableNotes, type ReceiverEnvironment, type VariableName } from "./environment-schema.ts";
import { readSchema, type ReadEnvironment } from "./read-schema.ts";

const maxInflatedBytes = 64 * 1024 * 1024;

/**
 * Reads the environment. A variable that is set to nothing counts as not set.
 * @throws ConfigError with every problem at once; it never holds a secret
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const read = readSchema(environment);
  const problems: ConfigProblem[] = [];
  const report = (variable: VariableName, problem: string, remedy?: string): void => {
    if (problems.some((known) => known.variable === variable && known.problem === problem)) return;
    const { expected, secret } = variableNotes(variable);
    const value = read.given[variable];
    const shown = value === undefined ? "" : secret === true ? " (not shown)" : `=${JSON.stringify(value)}`;
    problems.push({ variable, shown, problem, remedy: remedy ?? `Set it to ${expected}` });
  };
  for (const [variable, problem] of read.problems) report(variable, problem);
  const checked = checkAcross(read, report);
  if (read.values === undefined || problems.length > 0) throw new ConfigError(problems);
  return toConfig(read, read.values, checked);
}

function toConfig({ given }: ReadEnvironment, values: ReceiverEnvironment, checked: CheckedEnvironment): Config {
  const { loopback, ingestTokens, readTokens, idleTimeoutSeconds } = checked;
  return {
    databaseUrl: given.DATABASE_URL,
    migrationDatabaseUrl: given.MIGRATION_DATABASE_URL,
    readDatabaseUrl: given.READ_DATABASE_URL,
    redisUrl: given.REDIS_URL,
    allowedHosts: given.ALLOWED_HOSTS?.split(",").map((name) => name.trim()) ?? [],
    corsOrigins: given.CORS_ORIGINS?.split(",") ?? [],
    publicUrl: given.PUBLIC_URL?.replace(/\/+$/, ""),
    basePath: given.BASE_PATH?.replace(/\/$/, "") ?? "",
    metricsToken: given.METRICS_TOKEN,
    definitionsFile: given.SPANLEDGER_CONFIG,
    dataFolder: values.DATA_FOLDER,
    host: values.HOST,
    port: values.PORT,
    loopback,
    ingestTokens: ingestTokens.grants,
    readTokens: readTokens.grants,
    ingestTokensFile: ingestTokens.file,
    readTokensFile: readTokens.file,
    businessTimezone: values.BUSINESS_TIMEZONE,
    currency: values.CURRENCY,
    costPerManualSession: values.COST_PER_MANUAL_SESSION,
    locale: values.LOCALE,
    sessionIdleTimeoutSeconds: idleTimeoutSeconds,
    retentionMonths: values.RETENTION_MONTHS,
    autoRebuild: values.AUTO_REBUILD === "true",
    traceUrlTemplate: values.TRACE_URL_TEMPLATE,
    sampleData: values.SAMPLE_DATA === "true",
    maxBodyBytes: values.MAX_BODY_BYTES,
    maxInflatedBytes,
    maxQueueBytes: values.MAX_QUEUE_BYTES,
    batchMaxEvents: values.BATCH_MAX_EVENTS,
    logLevel: values.LOG_LEVEL,
  };
}
