import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Config } from "../config/config.ts";
import { isHashed } from "../config/token-digest.ts";
import { ownerOf } from "../embedded/initialise-cluster.ts";
import { nameOfUser } from "../embedded/system-user.ts";
import { openRedis } from "../live/redis-connection.ts";
import { countingRules } from "../metrics/counting-rules.ts";
import { fitsSchema, readMigrationStatus } from "../storage/schema/migrate-database.ts";
import { findSettingsDifferences } from "../storage/settings/compare-tenant-settings.ts";
import { CountingRulesError } from "../storage/settings/counting-rules-error.ts";
import { listTenantsOfOtherRules } from "../storage/settings/list-tenants.ts";
import { DatabaseClock } from "../storage/wire/database-clock.ts";
import { describeDifferences, tenantDefaultsOf } from "../upkeep/check-settings.ts";

/** What one look found. */
export interface Finding {
  readonly check: string;
  readonly outcome: "ok" | "warning" | "failed";
  /** What is so, and where it is not as it should be, what to do. */
  readonly text: string;
}

const oldestPostgres = 150_000;
const newestPostgres = 190_000;
/** Business days and retries bear that much; beyond, events look as if they came from another time. */
const mostSkewMs = 2_000;
const redisTimeoutMs = 2_000;

type Check = readonly [name: string, look: () => Promise<readonly [Finding["outcome"], string]>];

/**
 * Looks at all that the receiver depends on: PostgreSQL, the role's rights, migrations, settings, clocks,
 * Redis, and with `otlpUrl` the way of an event from OTLP to its row. A look that fails stops no other.
 * @param otlpUrl of a receiver or Collector; the event carries `test: true`, so that nothing counts it
 */
export async function diagnose(connectionString: string, config: Config, otlpUrl: string | null): Promise<Finding[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  const findings: Finding[] = [];
  const checks: Check[] = [
    ["PostgreSQL", async () => (await client.connect(), checkVersion(client))],
    ...(config.databaseUrl === undefined
      ? ([["server user", () => checkServerUser(config.dataFolder)]] satisfies Check[])
      : []),
    ["migrations", () => checkMigrations(client)],
    ["rights", () => checkRights(client)],
    ["settings", () => checkSettings(client, config)],
    ["counting rules", () => checkCountingRules(client)],
    ["retention", () => checkRetention(client)],
    ["clock", () => checkClock(client)],
    ["Redis", () => checkRedis(config.redisUrl)],
    ...(otlpUrl === null ? [] : ([["OTLP", () => checkRoundTrip(client, config, otlpUrl)]] satisfies Check[])),
  ];
  for (const [check, look] of checks) {
    try {
      const [outcome, text] = await look();
      findings.push({ check, outcome, text });
    } catch (error) {
      findings.push({ check, outcome: "failed", text: (error as Error).message });
    }
  }
  await client.end().catch(() => {});
  return findings;
}

async function checkVersion(client: pg.Client): Promise<readonly [Finding["outcome"], string]> {
  const { rows } = await client.query<{ number: string; version: string; role: string }>(
    "select current_setting('server_version_num') as number, current_setting('server_version') as version, current_user as role",
  );
  const row = rows[0] as (typeof rows)[number];
  const fits = Number(row.number) >= oldestPostgres && Number(row.number) < newestPostgres;
  return [fits ? "ok" : "failed", `version ${row.version}, role ${row.role}${fits ? "" : "; 15 to 18 are supported"}`];
}

/** Whom the embedded server runs as: its data is theirs, and so is whatever else they may read. */
async function checkServerUser(dataFolder: string): Promise<readonly [Finding["outcome"], string]> {
  const owner = await ownerOf(join(dataFolder, "postgres", "cluster"));
  if (owner === undefined) return ["warning", "the embedded PostgreSQL has no data folder yet"];
  return ["ok", `the embedded PostgreSQL runs as ${await nameOfUser(owner.uid)}`];
}

async function checkMigrations(client: pg.Client): Promise<readonly [Finding["outcome"], string]> {
  const status = await readMigrationStatus(client);
  const { applied, pending, unknown } = status;
  if (unknown.length > 0) {
    const text = `a newer version migrated this database: ${unknown.join(", ")}`;
    if (fitsSchema(status)) return ["ok", `${text}; this version can work with it`];
    return ["failed", `${text}; this version cannot work with it: run a newer one`];
  }
  if (pending.length > 0) return ["failed", `missing: ${pending.join(", ")}; run \`spanledger migrate\``];
  return ["ok", `${applied.length} applied, none missing`];
}

/** What the receiver does with each table; the rest it may not need. */
const neededRights: readonly (readonly [object: string, rights: string])[] = [
  ["analytics_events", "select,insert"],
  ["analytics_sessions", "select,insert,update"],
  ["analytics_business_metrics", "select,insert,update"],
  ["analytics_settings", "select,insert,update"],
  ["analytics_rejected_events", "select,insert,update"],
];

async function checkRights(client: pg.Client): Promise<readonly [Finding["outcome"], string]> {
  const { rows } = await client.query<{ missing: string[]; ddl: boolean }>(
    `select coalesce(array_agg(object || ' ' || r) filter (where not has_table_privilege(object, r)), '{}')
         || case when has_function_privilege('spanledger_ensure_partition(date)', 'execute')
            then '{}'::text[] else '{spanledger_ensure_partition}'::text[] end as missing,
       has_schema_privilege('public', 'create') as ddl
     from unnest($1::text[], $2::text[]) as needed (object, rights)
     cross join lateral unnest(string_to_array(rights, ',')) as r`,
    [neededRights.map(([object]) => object), neededRights.map(([, rights]) => rights)],
  );
  const { missing, ddl } = rows[0] as (typeof rows)[number];
  if (missing.length > 0) {
    return ["failed", `missing: ${missing.join(", ")}; grant spanledger_receiver to this role`];
  }
  return [
    "ok",
    ddl ? "all that the receiver needs, and DDL, which it does not" : "all that the receiver needs, no DDL",
  ];
}

async function checkSettings(client: pg.Client, config: Config): Promise<readonly [Finding["outcome"], string]> {
  const differences = await findSettingsDifferences(client, tenantDefaultsOf(config));
  if (differences.length > 0) return ["warning", describeDifferences(differences)];
  const { rows } = await client.query<{ tenants: number }>("select count(*)::int as tenants from analytics_settings");
  const tenants = rows[0]?.tenants ?? 0;
  return ["ok", tenants === 0 ? "none stored yet" : `as the environment says (tenants: ${tenants})`];
}

async function checkCountingRules(client: pg.Client): Promise<readonly [Finding["outcome"], string]> {
  const others = await listTenantsOfOtherRules(client);
  if (others.size === 0) return ["ok", `rules ${countingRules} for every tenant`];
  return ["failed", new CountingRulesError(others).message];
}

async function checkRetention(client: pg.Client): Promise<readonly [Finding["outcome"], string]> {
  const { rows } = await client.query<{ state: string; tenants: number; due: string }>(
    `select state, count(distinct tenant_id)::int as tenants, to_char(min(due_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"') as due
     from analytics_retention_announcements where state <> 'lapsed' group by state order by state`,
  );
  if (rows.length === 0) return ["ok", "nothing is announced"];
  const states = rows.map(({ state, tenants, due }) => `${state} (tenants: ${tenants}, due ${due})`);
  return ["warning", `${states.join(", ")}; \`spanledger retention\` shows what, and \`--cancel\` ends it`];
}

async function checkClock(client: pg.Client): Promise<readonly [Finding["outcome"], string]> {
  const skew = (await DatabaseClock.measure(client)).skewMs();
  const fits = Math.abs(skew) <= mostSkewMs;
  return [fits ? "ok" : "warning", `PostgreSQL's is ${skew} ms from this machine's${fits ? "" : "; run NTP on both"}`];
}

async function checkRedis(url: string | undefined): Promise<readonly [Finding["outcome"], string]> {
  if (url === undefined) return ["ok", "none configured; live counters come from PostgreSQL"];
  let reason = "no answer within 2 s";
  const redis = openRedis({
    url,
    name: "spanledger-doctor",
    commandTimeoutMs: redisTimeoutMs,
    onChange: (_connected, error) => (reason = error?.message ?? reason),
  });
  try {
    for (let waited = 0; redis.status !== "ready" && waited < redisTimeoutMs; waited += 50) await sleep(50);
    if (redis.status !== "ready") {
      return ["warning", `${reason}; live counters come from PostgreSQL until Redis is there (REDIS_URL)`];
    }
    await redis.ping();
    return ["ok", "answers"];
  } finally {
    redis.disconnect();
  }
}

/** A whole event through OTLP/JSON, looked for under its own id. */
async function checkRoundTrip(
  client: pg.Client,
  config: Config,
  otlpUrl: string,
): Promise<readonly [Finding["outcome"], string]> {
  const eventId = randomUUID();
  const started = performance.now();
  const nanoseconds = `${Date.now()}000000`;
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const attributes = [
    text("spanledger.event.id", eventId),
    text("session_id", `doctor-${eventId}`),
    { key: "test", value: { boolValue: true } },
  ];
  const record = { timeUnixNano: nanoseconds, eventName: "session.start", attributes };
  const grant = config.ingestTokens.find(({ token }) => !isHashed(token));
  if (grant === undefined && config.ingestTokens.length > 0) {
    return ["warning", "not tried: INGEST_TOKENS has hashes only, and a hash opens nothing"];
  }
  const resource = [text("service.name", "spanledger-doctor")];
  if (grant !== undefined && grant.tenantIds.length > 1)
    resource.push(text("spanledger.tenant", grant.tenantIds[0] ?? ""));
  const answer = await fetch(new URL("/v1/logs", otlpUrl), {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(grant === undefined ? {} : { authorization: `Bearer ${grant.token}` }),
    },
    body: JSON.stringify({
      resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope: {}, logRecords: [record] }] }],
    }),
    signal: AbortSignal.timeout(10_000),
  });
  if (answer.status !== 200)
    return ["failed", `${otlpUrl} answered ${answer.status}: ${(await answer.text()).slice(0, 200)}`];
  for (let attempt = 0; attempt < 100; attempt++) {
    const { rowCount } = await client.query(
      "select from analytics_events where event_id = $1 and occurred_at > now() - interval '1 hour'",
      [eventId],
    );
    if (rowCount === 1) {
      return [
        "ok",
        `a test event was stored ${Math.round(performance.now() - started)} ms after it was sent; it counts nowhere`,
      ];
    }
    await sleep(100);
  }
  return [
    "failed",
    `${otlpUrl} took a test event, but it is not in this database after 10 s: does it write elsewhere?`,
  ];
}
