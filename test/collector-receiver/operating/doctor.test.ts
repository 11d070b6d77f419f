import { connect, createServer } from "node:net";
import { once } from "node:events";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { findMisspelt } from "../../../collector-receiver/src/config/find-misspelt.ts";
import { checkEnvironment } from "../../../collector-receiver/src/operating/doctor/check-environment.ts";
import { judgeLag } from "../../../collector-receiver/src/operating/doctor/check-other-connections.ts";
import { checkRights } from "../../../collector-receiver/src/operating/doctor/check-rights.ts";
import { checkPooler, checkTls, checkWritable } from "../../../collector-receiver/src/operating/doctor/check-server.ts";
import { checkTimezones } from "../../../collector-receiver/src/operating/doctor/check-timezones.ts";
import { diagnose } from "../../../collector-receiver/src/operating/doctor/diagnose.ts";
import type { Finding } from "../../../collector-receiver/src/operating/doctor/finding.ts";
import { openTcpDoor } from "../../faults/tcp-door.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { useRole } from "../../support/use-role.ts";
import { spanledger } from "../cli/run-cli.ts";

const config = loadConfig({});

async function useClient(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function findingsOf(environment: Record<string, string>, ...words: string[]) {
  const { code, stdout, stderr } = await spanledger(environment, "doctor", "--json", ...words);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const of = (check: string) => findings.find((finding) => finding.check === check);
  return { code, stderr, of, text: stdout };
}

test("doctor reports an unreachable PostgreSQL as one finding among others", async () => {
  const DATABASE_URL = "postgres://u:hunter2@127.0.0.1:1/x";
  const { code, stderr, of, text } = await findingsOf({ DATABASE_URL }, "--url", "http://127.0.0.1:1");
  expect([code, stderr]).toEqual([1, ""]);
  expect(of("PostgreSQL")).toMatchObject({
    outcome: "failed",
    text: expect.stringMatching(/^cannot reach PostgreSQL at 127\.0\.0\.1:1 .*Check DATABASE_URL/),
  });
  expect(of("Redis")).toMatchObject({ outcome: "ok" });
  expect(of("OTLP")).toMatchObject({ outcome: "warning" });
  expect(text).not.toContain("hunter2");
});

test("doctor names wrong variables and still checks everything else", async () => {
  const { connectionString } = await useTestDatabase();
  const environment = { DATABASE_URL: connectionString, PORT: "abc", HOST: "0.0.0.0", SPANLEDGER_CONFIG: "none.ts" };
  const { code, of, text } = await findingsOf({ ...environment, INGEST_TOKEN: "default:not-to-be-shown-1" });
  expect(code).toBe(1);
  for (const part of ['PORT=\\"abc\\"', "READ_TOKENS", "do you mean INGEST_TOKENS?"]) expect(text).toContain(part);
  expect(text).not.toContain("not-to-be-shown");
  expect(of("migrations")).toMatchObject({ outcome: "ok" });
  expect(of("config file")).toMatchObject({ outcome: "failed", text: expect.stringContaining("none.ts") });
});

test.each([
  ["INGEST_TOKEN", "INGEST_TOKENS"],
  ["READ_TOKEN", "READ_TOKENS"],
  ["METRICS_TOKENS", "METRICS_TOKEN"],
  ["REDIS_URI", "REDIS_URL"],
  ["DATABASE_URI", "DATABASE_URL"],
  ["database_url", "DATABASE_URL"],
  ["BUSINESS_TIME_ZONE", "BUSINESS_TIMEZONE"],
  ["TIMEZONE_BUSINESS", "BUSINESS_TIMEZONE"],
  ["RETENTION_MONTH", "RETENTION_MONTHS"],
  ["SPANLEDGER_DATABASE_URL", "DATABASE_URL"],
  ["COST_PER_MANUAL_SESSIONS", "COST_PER_MANUAL_SESSION"],
])("%s is taken for a misspelt %s", (given, meant) => {
  expect(findMisspelt({ [given]: "x", HOME: "/root" })).toEqual([{ given, meant }]);
  expect(findMisspelt({ [given]: "x", [meant]: "y" }), "both are set: it means something else").toEqual([]);
  expect(findMisspelt({ [given]: " " }), "it is set to nothing").toEqual([]);
});

test("variables of the shell, of Node and of the SDK are not taken for misspelt ones", () => {
  const others = [
    "HOME",
    "HOSTNAME",
    "PATH",
    "PWD",
    "LANG",
    "LC_ALL",
    "LOGNAME",
    "NODE_ENV",
    "TZ",
    "USER",
    "SHELL",
    "POST",
  ];
  const sdk = [
    "SPANLEDGER_OTLP_ENDPOINT",
    "SPANLEDGER_OTLP_HEADERS",
    "SPANLEDGER_LOG",
    "OTEL_SERVICE_NAME",
    "SPANLEDGER_SPOOL_DIR",
  ];
  const pg = ["PGHOST", "PGUSER", "PGDATABASE", "DATABASE_URL_TEST", "SPANLEDGER_STRICT"];
  expect(findMisspelt(Object.fromEntries([...others, ...sdk, ...pg].map((name) => [name, "x"])))).toEqual([]);
});

test("each right that the schema grants to receivers is looked for: tables, columns, functions", async () => {
  const database = await useTestDatabase();
  const role = await useRole(database, "in role spanledger_receiver");
  expect(await checkRights(await useClient(role.connectionString))).toEqual([
    "ok",
    expect.stringMatching(/^all \d{2,} that the receiver needs, no DDL$/),
  ]);
  const bare = await useRole(database, "");
  const [outcome, text] = await checkRights(await useClient(bare.connectionString));
  expect(outcome).toBe("failed");
  expect(text).toMatch(/ and \d+ more; run `grant spanledger_receiver to <role>`$/);

  await database.pool.query("create table analytics_new (a int, b int)");
  await database.pool.query("grant update (b) on analytics_new to spanledger_receiver");
  await database.pool.query("grant all on all tables in schema public to " + bare.name);
  await database.pool.query("grant usage, create on schema public to " + bare.name);
  await database.pool.query("grant all on all sequences in schema public to " + bare.name);
  await database.pool.query("grant all on all functions in schema public to " + bare.name);
  await database.pool.query("revoke all on analytics_new from " + bare.name);
  await database.pool.query("revoke update on analytics_sessions from " + bare.name);
  await database.pool.query("revoke all on function spanledger_ensure_partition from public, " + bare.name);
  expect(await checkRights(await useClient(bare.connectionString))).toEqual([
    "failed",
    "missing: execute on spanledger_ensure_partition, update on analytics_new.b, update on analytics_sessions; run `grant spanledger_receiver to <role>`",
  ]);
});

/** A client that answers every statement with this row. */
const answering = (row: object) => ({ query: async () => ({ rows: [row] }) }) as unknown as pg.Client;

test("a server or role that takes no writes is named", async () => {
  const { connectionString } = await useTestDatabase();
  expect(await checkWritable(await useClient(connectionString))).toEqual(["ok", "a primary that takes writes"]);
  const url = new URL(connectionString);
  url.searchParams.set("options", "-c default_transaction_read_only=on");
  expect(await checkWritable(await useClient(url.href))).toEqual(["failed", expect.stringContaining("set it to off")]);
  const standby = answering({ standby: true, readOnly: true, lag: 12_400 });
  expect(await checkWritable(standby)).toEqual([
    "failed",
    expect.stringMatching(/standby, 12 s behind: connect to the primary/),
  ]);
});

test("a standby for pages that is more than a minute behind is a warning", () => {
  expect(judgeLag(60_000)).toEqual(["ok", "pages are read from a standby, 60 s behind"]);
  expect(judgeLag(61_000)).toEqual(["warning", "pages are read from a standby, 61 s behind: their figures are as old"]);
});

test("a connection without TLS is a warning only if it leaves this machine", async () => {
  const { connectionString } = await useTestDatabase();
  expect(await checkTls(await useClient(connectionString), config)).toMatchObject(["ok", /not leave this machine/]);
  const elsewhere = loadConfig({ DATABASE_URL: "postgres://u@db.example/x" });
  const plain = answering({ ssl: false, version: null, local: false });
  expect(await checkTls(plain, elsewhere)).toMatchObject(["warning", /sslmode=verify-full/]);
  expect(await checkTls(answering({ ssl: true, version: "TLSv1.3", local: false }), elsewhere)).toMatchObject([
    "ok",
    /TLSv1\.3/,
  ]);
});

/** As PgBouncer: the process id that the client is told is not the server's. */
async function openPooler(target: URL): Promise<string> {
  const server = createServer((incoming) => {
    const outgoing = connect(Number(target.port), target.hostname);
    for (const socket of [incoming, outgoing]) socket.on("error", () => {});
    incoming.pipe(outgoing);
    outgoing.on("data", (chunk) => {
      // BackendKeyData: 'K', its length of 12, process id, secret.
      const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (at >= 0) chunk.writeInt32BE(4_711_000, at + 5);
      incoming.write(chunk);
    });
    outgoing.on("close", () => incoming.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = new URL(target);
  url.port = String((server.address() as { port: number }).port);
  return url.href;
}

test("a pooler in between is seen, and migrations are to go past it", async () => {
  const { connectionString } = await useTestDatabase();
  expect(await checkPooler(await useClient(connectionString), config)).toEqual(["ok", "none in between"]);
  const pooled = await openPooler(new URL(connectionString));
  expect(await checkPooler(await useClient(pooled), config)).toMatchObject(["warning", /set MIGRATION_DATABASE_URL/]);
  const past = loadConfig({ DATABASE_URL: pooled, MIGRATION_DATABASE_URL: connectionString });
  expect(await checkPooler(await useClient(pooled), past)).toMatchObject(["ok", /go past it/]);
});

test("timezones on which PostgreSQL and Node disagree are named with the days", async () => {
  const { connectionString, pool } = await useTestDatabase();
  await pool.query(
    "insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules) values ('a', 'America/Havana', 'CNY', 86400, now(), 2)",
  );
  const client = await useClient(connectionString);
  const local = (zone: string, ms: number) =>
    new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(ms);
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const inSpan = (ms: number) =>
    [day(100), day(101), day(102), day(-9)].includes(new Date(ms).toISOString().slice(0, 10));
  const [outcome, text] = await checkTimezones(client, "UTC", (zone, ms) =>
    local(zone, zone === "UTC" && inSpan(ms) ? ms + 3_600_000 : ms),
  );
  expect(outcome).toBe("warning");
  expect(text).toContain(`UTC from ${day(-9)} to ${day(-9)}; UTC from ${day(100)} to ${day(102)}`);
  expect(text).toContain(process.versions.tz);
  expect(
    await checkTimezones(client, "Asia/Shanghai", (zone, ms) => (zone === "Asia/Shanghai" ? local(zone, ms) : "")),
  ).toMatchObject(["warning", /America\/Havana from/]);
  await pool.query("delete from analytics_settings");
  expect(await checkTimezones(client, "Asia/Shanghai")).toEqual(["ok", "PostgreSQL and Node agree on Asia/Shanghai"]);
});

test("doctor looks at the servers that pages and migrations go to, and names one of another database", async () => {
  const [database, other] = [await useTestDatabase(), await useTestDatabase()];
  const DATABASE_URL = database.connectionString;
  const same = await findingsOf({
    DATABASE_URL,
    READ_DATABASE_URL: DATABASE_URL,
    MIGRATION_DATABASE_URL: DATABASE_URL,
  });
  expect(same.of("reader")).toMatchObject({ outcome: "ok", text: "pages are read from a primary" });
  expect(same.of("migration URL")).toMatchObject({ outcome: "ok" });
  const readOnly = new URL(DATABASE_URL);
  readOnly.searchParams.set("options", "-c default_transaction_read_only=on");
  const kept = await findingsOf({ DATABASE_URL, MIGRATION_DATABASE_URL: readOnly.href });
  expect(kept.of("migration URL")).toMatchObject({
    outcome: "failed",
    text: "MIGRATION_DATABASE_URL names a server that takes no writes: name the primary",
  });
  const [wrong, away] = [other.connectionString, "postgres://u:hunter2@127.0.0.1:1/x"];
  for (const [variable, check] of [
    ["READ_DATABASE_URL", "reader"],
    ["MIGRATION_DATABASE_URL", "migration URL"],
  ] as const) {
    const stranger = await findingsOf({ DATABASE_URL, [variable]: wrong });
    expect(stranger.of(check)).toMatchObject({
      outcome: "failed",
      text: expect.stringMatching(new RegExp(`^${variable} names another database`)),
    });
    const gone = await findingsOf({ DATABASE_URL, [variable]: away });
    expect(gone.of(check)).toMatchObject({
      outcome: "failed",
      text: expect.stringMatching(new RegExp(`^cannot reach PostgreSQL at 127\\.0\\.0\\.1:1 .*Check ${variable}`)),
    });
    expect(gone.of("rights"), "the other checks are made").toMatchObject({ outcome: "ok" });
    expect(gone.text).not.toContain("hunter2");
  }
});

test("doctor comes to its end if the host vanishes between two questions", async () => {
  const { connectionString } = await useTestDatabase();
  const { port } = new URL(connectionString);
  const door = await openTcpDoor();
  onTestFinished(() => door.close());
  await door.lead([Number(port)]);
  const through = connectionString.replace(`:${port}/`, `:${door.port}/`);
  const place = {
    connectionString: through,
    // Asked for after the first answer.
    get embeddedFolder() {
      door.vanish();
      return undefined;
    },
  };
  const findings = await diagnose(place, config, null, String);
  expect(findings.find(({ check }) => check === "rights")).toMatchObject({ outcome: "failed" });
  expect(findings.find(({ check }) => check === "Redis")).toMatchObject({ outcome: "ok" });
}, 120_000);

test("a database without any schema fails check by check, and says what to run", async () => {
  const { connectionString } = await useTestDatabase({ migrated: false });
  const findings = await diagnose({ connectionString, embeddedFolder: undefined }, config, null, String);
  const of = (check: string) => findings.find((finding) => finding.check === check);
  expect(of("migrations")).toMatchObject({ outcome: "failed", text: expect.stringContaining("spanledger migrate") });
  for (const check of ["settings", "retention", "timezones"]) {
    expect(of(check)).toMatchObject({
      outcome: "failed",
      text: expect.stringMatching(/^not checked, because the schema/),
    });
  }
});

test("doctor goes on without the variables that are wrong", () => {
  const [MIGRATION_DATABASE_URL, READ_DATABASE_URL] = ["postgres://localhost:1/x", "postgres://localhost:2/x"];
  expect(
    checkEnvironment({ DATABASE_URL: "mysql://x", MIGRATION_DATABASE_URL, READ_DATABASE_URL }).config,
  ).toMatchObject({
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    readDatabaseUrl: undefined,
  });
  const given = { DATABASE_URL: "mysql://x", REDIS_URL: "redis://localhost:1", HOST: "0.0.0.0" };
  const { config: rest, findings } = checkEnvironment(given);
  expect(rest).toMatchObject({ databaseUrl: undefined, redisUrl: "redis://localhost:1", loopback: true });
  expect(findings.filter(({ outcome }) => outcome === "failed").length).toBeGreaterThanOrEqual(3);
});
