import { execFileSync } from "node:child_process";
import { chownSync, chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { startEmbeddedPostgres } from "../../../collector-receiver/src/embedded/embedded-postgres.ts";
import { ownerOf } from "../../../collector-receiver/src/embedded/initialise-cluster.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { migrateDatabase } from "../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { openPlainConnection } from "../../../collector-receiver/src/storage/wire/open-plain-connection.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { promote } from "../../support/copy-as-standby.ts";
import { useReplicatedPair } from "../../support/start-standby.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { spanledger } from "../cli/run-cli.ts";

const headers = { "content-type": "application/json" };

async function send(url: string, sessionId: string): Promise<number> {
  const body = tracesWith([{ name: "session.start", attributes: { session_id: sessionId } }]);
  return (await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status;
}

const sessionsOf = async (url: string): Promise<number> => {
  const answer = await fetch(`${url}/api/analytics/summary`);
  return ((await answer.json()) as { current: { total_sessions: number } }).current.total_sessions;
};

/** A database that others made and end. */
const existing = (connectionString: string): TestDatabase =>
  ({ connectionString, name: "", pool: undefined, drop: async () => {} }) as unknown as TestDatabase;

test("with several hosts, writers find the primary, pages may read a standby, and both survive a failover", async () => {
  const { primary, standby } = await useReplicatedPair();
  const both = new URL(primary.connectionString);
  const hosts = `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`;
  // The standby comes first.
  const url = primary.connectionString.replace(both.host, hosts);
  expect(await migrateDatabase(url)).toEqual([]);
  const receiver = await startTestReceiver(
    { READ_DATABASE_URL: `${url}?target_session_attrs=prefer-standby` },
    existing(url),
  );
  expect(await send(receiver.url, "s1")).toBe(200);
  await expect.poll(() => sessionsOf(receiver.url), { timeout: 30_000 }).toBe(1);
  const onStandby = new pg.Client({ connectionString: standby.connectionString });
  await onStandby.connect();
  const readers = await onStandby.query("select from pg_stat_activity where application_name = 'spanledger-reader'");
  expect(readers.rowCount).toBeGreaterThan(0);

  // What is read is as old as the standby is behind, and says so.
  await onStandby.query("select pg_wal_replay_pause()");
  await onStandby.end();
  expect(await send(receiver.url, "s2")).toBe(200);
  const lag = async () => {
    const metrics = await (await fetch(`${receiver.url}/metrics`)).text();
    return Number(/^spanledger_read_lag_seconds (\S+)$/m.exec(metrics)?.[1]);
  };
  await expect.poll(lag, { timeout: 30_000 }).toBeGreaterThan(1);
  expect(await sessionsOf(receiver.url)).toBe(1);
  const { as_of: asOf } = (await (await fetch(`${receiver.url}/api/analytics/summary`)).json()) as { as_of: string };
  expect(Date.now() - Date.parse(asOf)).toBeGreaterThan(1_000);
  const resumed = new pg.Client({ connectionString: standby.connectionString });
  await resumed.connect();
  await resumed.query("select pg_wal_replay_resume()");
  await resumed.end();
  await expect.poll(() => sessionsOf(receiver.url), { timeout: 30_000 }).toBe(2);

  await primary.stop();
  expect(await send(receiver.url, "s3")).toBe(503);
  await promote(standby);
  await vi.waitUntil(async () => (await send(receiver.url, "s3")) === 200, { timeout: 60_000, interval: 200 });
  await expect.poll(() => sessionsOf(receiver.url), { timeout: 30_000 }).toBe(3);
  expect((await fetch(`${receiver.url}/readyz`)).status).toBe(200);
  expect(await verifyTenant(url, "default")).toMatchObject({ events: 3, drifts: 0 });
}, 180_000);

test("on a standby, verify and rebuild are refused by name, and say where to go", async () => {
  const { primary, standby } = await useReplicatedPair();
  await (await startTestReceiver({}, existing(primary.connectionString))).close();
  // The tenant is known there when the rows of the start are.
  await vi.waitUntil(
    async () => (await spanledger({ DATABASE_URL: standby.connectionString }, "settings")).stdout.includes("default"),
    { timeout: 60_000 },
  );
  for (const command of ["verify", "rebuild"]) {
    const refused = await spanledger({ DATABASE_URL: standby.connectionString }, command, "--tenant", "default");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`PostgreSQL at 127.0.0.1:${standby.port} is a standby`);
    expect(refused.stderr).toMatch(/\[database_is_standby\]$/m);
  }
  const elsewhere = {
    DATABASE_URL: primary.connectionString,
    READ_DATABASE_URL: standby.connectionString,
    MIGRATION_DATABASE_URL: standby.connectionString,
  };
  const doctor = await spanledger(elsewhere, "doctor");
  expect(doctor.stdout).toMatch(/^ok +reader +pages are read from a standby, \d+ s behind$/m);
  expect(doctor.stdout).toMatch(/^FAILED +migration URL +MIGRATION_DATABASE_URL names a server that takes no writes/m);
  const asked = `${standby.connectionString}?target_session_attrs=read-write`;
  const named = await spanledger({ DATABASE_URL: asked }, "verify");
  expect(named).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/is a standby.*target_session_attrs=read-write/),
  });
}, 120_000);

test("sslmode means what libpq means: require encrypts, verify-full checks, prefer goes on without", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spanledger-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));
  const plain = await startEmbeddedPostgres({ dataFolder: folder });
  const isEncrypted = async (connectionString: string): Promise<boolean> => {
    const client = await openPlainConnection(connectionString);
    try {
      const { rows } = await client.query<{ ssl: boolean }>("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
      return rows[0]?.ssl === true;
    } finally {
      await client.end();
    }
  };
  expect(await isEncrypted(`${plain.connectionString}?sslmode=prefer`)).toBe(false);
  expect(await isEncrypted(`${plain.connectionString}?sslmode=allow`)).toBe(false);
  await expect(isEncrypted(`${plain.connectionString}?sslmode=require`)).rejects.toThrow(/does not support SSL/);
  await plain.stop();

  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=spanledger-test"],
      ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
    ],
    { stdio: "ignore" },
  );
  const owner = await ownerOf(join(folder, "cluster"));
  chmodSync(key, 0o600);
  if (owner !== undefined && process.getuid?.() === 0) chownSync(key, owner.uid, owner.gid);
  chmodSync(certificate, 0o644);
  const settings = ["ssl=on", `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`];
  const server = await startEmbeddedPostgres({ dataFolder: folder, settings });
  onTestFinished(() => server.stop());
  const url = server.connectionString;
  expect(await isEncrypted(url)).toBe(false);
  expect(await isEncrypted(`${url}?sslmode=allow`)).toBe(false);
  for (const mode of [
    "prefer",
    "require",
    "no-verify",
    `verify-full&sslrootcert=${certificate}`,
    `verify-ca&sslrootcert=${certificate}`,
  ]) {
    expect(await isEncrypted(`${url}?sslmode=${mode}`), mode).toBe(true);
  }
  await expect(isEncrypted(`${url}?sslmode=verify-full`)).rejects.toThrow(/self-signed certificate/);
  const otherName = url.replace("127.0.0.1", "localhost");
  for (const [DATABASE_URL, reason] of [
    [`${url}?sslmode=verify-full`, "self-signed certificate"],
    [`${otherName}?sslmode=verify-full&sslrootcert=${certificate}`, "Host: localhost. is not"],
  ] as const) {
    const { stderr } = await spanledger({ DATABASE_URL }, "verify");
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/a certificate that is not trusted .*sslrootcert.*\[certificate_refused\]\n$/);
  }
  const { stdout, code } = await spanledger({ DATABASE_URL: `${url}?sslmode=require` }, "doctor", "--json");
  expect([code, stdout]).toEqual([1, expect.stringContaining("the connection is encrypted")]);
}, 120_000);
