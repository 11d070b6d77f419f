import { join } from "node:path";
import type pg from "pg";
import { findDefinitionsFile, loadDefinitions } from "../../catalogue/load-definitions.ts";
import type { Config } from "../../config/config.ts";
import { ownerOf } from "../../embedded/initialise-cluster.ts";
import { nameOfUser } from "../../embedded/system-user.ts";
import { openPlainConnection } from "../../storage/wire/open-plain-connection.ts";
import { reservedMetricKeys } from "../../metrics/reserved-metric-keys.ts";
import { checkAiCalls } from "./check-ai-calls.ts";
import {
  checkClock,
  checkCountingRules,
  checkMigrations,
  checkRetention,
  checkTenantSettings,
} from "./check-database.ts";
import { checkMigrationUrl, checkReader, type DescribeDatabaseError } from "./check-other-connections.ts";
import { checkRedis } from "./check-redis.ts";
import { checkRights } from "./check-rights.ts";
import { checkRoundTrip } from "./check-round-trip.ts";
import { checkPooler, checkTls, checkVersion, checkWritable } from "./check-server.ts";
import { checkTimezones } from "./check-timezones.ts";
import { runChecks, type Check, type Finding, type Result } from "./finding.ts";

/** A host may vanish between two questions. */
const maxAnswerMs = 5_000;

/** Where PostgreSQL is; if it was not found, why. */
export type DatabasePlace =
  | { readonly connectionString: string; readonly embeddedFolder: string | undefined }
  | { readonly problem: string };

/**
 * Looks at all that the receiver depends on. A check that fails stops no other; without PostgreSQL, those that need it are
 * said not to have been made.
 * @param otlpUrl of a receiver or Collector; the event that is sent there carries `test: true`, so that nothing counts it
 * @param describe says why PostgreSQL cannot be reached
 */
export async function diagnose(
  place: DatabasePlace,
  config: Config,
  otlpUrl: string | null,
  describe: DescribeDatabaseError,
): Promise<Finding[]> {
  const own: Check[] = [
    ["config file", () => checkConfigFile(config)],
    ["Redis", () => checkRedis(config.redisUrl)],
  ];
  const withoutDatabase: Check[] = [...own, ...(otlpUrl === null ? [] : [["OTLP", notTried] satisfies Check])];
  if ("problem" in place) return [failedDatabase(place.problem), ...(await runChecks(withoutDatabase))];
  let client: pg.Client;
  try {
    client = await openPlainConnection(place.connectionString, maxAnswerMs);
  } catch (error) {
    return [failedDatabase(describe(error, place.connectionString)), ...(await runChecks(withoutDatabase))];
  }
  const { embeddedFolder } = place;
  try {
    return await runChecks([
      ["PostgreSQL", () => checkVersion(client)],
      ...(embeddedFolder === undefined ? [] : [["server user", () => checkServerUser(embeddedFolder)] satisfies Check]),
      ["primary", () => checkWritable(client)],
      ...otherConnections(client, config, describe),
      ["pooler", () => checkPooler(client, config)],
      ["TLS", () => checkTls(client, config)],
      ["migrations", () => checkMigrations(client)],
      ["rights", () => checkRights(client)],
      ["settings", () => checkTenantSettings(client, config)],
      ["counting rules", () => checkCountingRules(client)],
      ["retention", () => checkRetention(client)],
      ["clock", () => checkClock(client)],
      ["timezones", () => checkTimezones(client, config.businessTimezone)],
      ["calls of models", () => checkAiCalls(client)],
      ...own,
      ...(otlpUrl === null ? [] : [["OTLP", () => checkRoundTrip(client, config, otlpUrl)] satisfies Check]),
    ]);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The other addresses of the same database that the environment names. */
function otherConnections(client: pg.Client, config: Config, describe: DescribeDatabaseError): Check[] {
  const { readDatabaseUrl: readUrl, migrationDatabaseUrl: migrationUrl } = config;
  return [
    ...(readUrl === undefined ? [] : [["reader", () => checkReader(client, readUrl, describe)] satisfies Check]),
    ...(migrationUrl === undefined
      ? []
      : [["migration URL", () => checkMigrationUrl(client, migrationUrl, describe)] satisfies Check]),
  ];
}

const notTried = (): Result => ["warning", "not tried: without PostgreSQL, nobody can tell whether the event arrived"];

function failedDatabase(problem: string): Finding {
  return { check: "PostgreSQL", outcome: "failed", text: `${problem} Nothing in the database was checked.` };
}

async function checkConfigFile(config: Config): Promise<Result> {
  const file = findDefinitionsFile(config.definitionsFile, process.cwd());
  if (file === null) return ["ok", "none in this folder; the definitions that are stored are used"];
  const { events, metrics } = await loadDefinitions(file, reservedMetricKeys);
  return ["ok", `${file}: events ${Object.keys(events).length}, metrics ${Object.keys(metrics).length}`];
}

/** The user that the embedded server runs as: its data is theirs, and so is whatever else they may read. */
async function checkServerUser(folder: string): Promise<Result> {
  const owner = await ownerOf(join(folder, "cluster"));
  if (owner === undefined) return ["warning", "the embedded PostgreSQL has no data folder yet"];
  return ["ok", `the embedded PostgreSQL runs as ${await nameOfUser(owner.uid)}`];
}
