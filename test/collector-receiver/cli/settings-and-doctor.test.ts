import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nameOfUser } from "../../../collector-receiver/src/embedded/system-user.ts";
import { startEmbeddedPostgres } from "../../../collector-receiver/src/embedded/embedded-postgres.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { spanledger } from "./run-cli.ts";

async function sendHistory(url: string): Promise<void> {
  // 17:00 UTC is the next day in Shanghai and the same day in London.
  const atMs = Date.UTC(2026, 2, 31, 17);
  const events = ["s1", "s2"].map((id) => ({ name: "session.start", attributes: { session_id: id }, atMs }));
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body: tracesWith(events) })).status).toBe(200);
}

test("settings: a timezone is changed with a rebuild, a cost from any day on, and the first not once sealed", async () => {
  const { url, database } = await startTestReceiver();
  const environment = { DATABASE_URL: database.connectionString };
  await sendHistory(url);
  const months = async () => {
    const { rows } = await database.pool.query(
      "select period_value, total_sessions::int from analytics_business_metrics where period_type = 'month' and total_sessions > 0",
    );
    return rows;
  };
  expect(await months()).toEqual([{ period_value: "2026-04", total_sessions: 2 }]);
  const changed = await spanledger(environment, "settings", "--timezone", "Europe/London", "--idle-timeout", "12h");
  expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining("Europe/London") });
  expect(await months()).toEqual([{ period_value: "2026-03", total_sessions: 2 }]);
  expect((await verifyTenant(database.connectionString, "default")).drifts).toBe(0);

  const past = await spanledger(environment, "settings", "--cost", "12", "--from", "2026-01-01");
  expect(past).toMatchObject({ code: 0, stdout: expect.stringContaining("12 a manual session from 2026-01-01") });
  const later = await spanledger(environment, "settings", "--cost", "12.50", "--from", "2999-01-01");
  expect(later).toMatchObject({ code: 0, stdout: expect.stringContaining("12.5 a manual session from 2999-01-01") });

  await database.pool.query("update analytics_settings set retained_from = '2026-01-01T00:00Z'");
  const sealed = await spanledger(environment, "settings", "--timezone", "UTC");
  expect(sealed).toMatchObject({ code: 1, stderr: expect.stringContaining("sealed") });
  const { rows } = await database.pool.query("select action from analytics_audit");
  expect(rows).toEqual([{ action: "settings" }, { action: "settings" }, { action: "settings" }]);
});

test("settings: a currency is changed while nothing was saved, for one tenant, and the receiver starts again", async () => {
  const tokens = { INGEST_TOKENS: "a:token-of-tenant-a-0,b:token-of-tenant-b-0" };
  const { url, database, close } = await startTestReceiver(tokens);
  const environment = { DATABASE_URL: database.connectionString };
  const send = (token: string, name: string, attributes: Record<string, unknown> = {}) =>
    fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: tracesWith([{ name, attributes: { session_id: "s1", ...attributes }, atMs: Date.now() }]),
    });
  const currencies = async () => {
    const { rows } = await database.pool.query("select tenant_id, currency from analytics_settings order by 1");
    return rows.map((row) => `${row.tenant_id} ${row.currency}`);
  };
  // A session that has not ended saves nothing yet.
  expect((await send("token-of-tenant-a-0", "session.start")).status).toBe(200);
  const unknown = await spanledger(environment, "settings", "--tenant", "a", "--currency", "euro");
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("EURO") });
  const changed = await spanledger(environment, "settings", "--tenant", "a", "--currency", "EUR");
  expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining("currency      EUR") });
  expect(await currencies()).toEqual(["a EUR", "b CNY"]);

  expect((await send("token-of-tenant-a-0", "session.message", { role: "ai" })).status).toBe(200);
  expect((await send("token-of-tenant-a-0", "session.end", { reason: "resolved" })).status).toBe(200);
  const refused = await spanledger(environment, "settings", "--tenant", "a", "--currency", "USD");
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("stays EUR") });
  expect(refused.stderr).not.toContain("    at ");
  // The other tenant's money is its own; and saying the same again changes nothing.
  expect(await spanledger(environment, "settings", "--tenant", "b", "--currency", "USD")).toMatchObject({ code: 0 });
  expect(await spanledger(environment, "settings", "--tenant", "a", "--currency", "EUR")).toMatchObject({ code: 0 });
  expect(await currencies()).toEqual(["a EUR", "b USD"]);
  const { rows } = await database.pool.query(
    "select tenant_id, details->'before'->>'currency' as before from analytics_audit where details->'before' ? 'currency' order by 1",
  );
  expect(rows).toEqual([
    { tenant_id: "a", before: "CNY" },
    { tenant_id: "b", before: "CNY" },
  ]);
  await close();
  await startTestReceiver({ ...tokens, CURRENCY: "EUR" }, database);
});

test("settings: working hours are checked, stored and counted by at once; without them nothing is; a heartbeat", async () => {
  const { url, database } = await startTestReceiver();
  const environment = { DATABASE_URL: database.connectionString };
  const headers = { "content-type": "application/json" };
  // Taken over on Monday at 9:10 in Shanghai after 20 minutes, of which ten lay in working hours.
  const takeover = {
    name: "agent.session_takeover",
    attributes: { session_id: "s1", agent_id: 1, wait_duration_seconds: 1200 },
    atMs: Date.UTC(2026, 3, 6, 1, 10),
  };
  const body = tracesWith([takeover]);
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  const operations = async () => {
    const answer = await fetch(`${url}/api/analytics/operations?month=2026-04`);
    return (await answer.json()) as { metrics: Record<string, { value: number | null }>; working_hours: unknown };
  };
  const business = async () => (await operations()).metrics["first_response_business_p50_ms"]?.value;
  expect(await business()).toBe(null);

  const folder = await mkdtemp(join(tmpdir(), "spanledger-hours-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "hours.json");
  const hours = { week: { mon: ["09:00-18:00"] }, holidays: ["2026-05-01"], days: {} };
  await writeFile(file, JSON.stringify({ ...hours, week: { monday: [] } }));
  const refused = await spanledger(environment, "settings", "--working-hours", file);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('week has "monday"') });
  await writeFile(file, JSON.stringify(hours));
  const changed = await spanledger(environment, "settings", "--working-hours", file, "--agent-heartbeat", "2h");
  expect(changed).toMatchObject({ code: 0, stdout: expect.stringContaining("heartbeat     7200 s") });
  expect(await operations()).toMatchObject({ working_hours: hours, agent_heartbeat_seconds: 7200 });
  expect(await business()).toBeGreaterThan(0.98 * 600_000);
  expect(await business()).toBeLessThan(1.02 * 600_000);
  expect((await verifyTenant(database.connectionString, "default")).drifts).toBe(0);

  expect(await spanledger(environment, "settings", "--agent-heartbeat", "29m")).toMatchObject({ code: 1 });
  expect(await spanledger(environment, "settings", "--working-hours", "none")).toMatchObject({ code: 0 });
  expect(await business()).toBe(null);
  expect((await verifyTenant(database.connectionString, "default")).drifts).toBe(0);
});

test("doctor: all is well, and each thing that is not is named with what to do", async () => {
  const { url, database } = await startTestReceiver();
  const environment = { DATABASE_URL: database.connectionString };
  const well = await spanledger(environment, "doctor", "--url", url);
  expect(well.stdout).toContain("a test event was stored");
  expect(well).toMatchObject({ code: 0 });
  const { rows } = await database.pool.query(
    "select (select count(*)::int from analytics_events) as events, (select count(*)::int from analytics_business_metrics) as counted",
  );
  expect(rows).toEqual([{ events: 1, counted: 0 }]);

  await database.pool.query("delete from spanledger_migrations where id = (select max(id) from spanledger_migrations)");
  const ill = await spanledger(
    { ...environment, BUSINESS_TIMEZONE: "UTC", REDIS_URL: "redis://127.0.0.1:1" },
    "doctor",
    "--url",
    "http://127.0.0.1:1",
    "--json",
  );
  expect(ill.code).toBe(1);
  const { findings } = JSON.parse(ill.stdout) as { findings: { check: string; outcome: string; text: string }[] };
  const of = (check: string) => findings.find((finding) => finding.check === check);
  expect(of("PostgreSQL")).toMatchObject({ outcome: "ok" });
  expect(of("migrations")).toMatchObject({ outcome: "failed", text: expect.stringContaining("spanledger migrate") });
  expect(of("settings")).toMatchObject({
    outcome: "warning",
    text: expect.stringContaining("BUSINESS_TIMEZONE is UTC"),
  });
  expect(of("Redis")).toMatchObject({ outcome: "warning" });
  expect(of("OTLP")).toMatchObject({ outcome: "failed" });
});

test("doctor names the user that the embedded server runs as", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-doctor-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  const server = await startEmbeddedPostgres({ dataFolder: join(folder, "postgres"), durable: false });
  const { stdout } = await spanledger({ DATA_FOLDER: folder }, "doctor");
  await server.stop();
  const { uid } = await stat(join(folder, "postgres", "cluster"));
  expect(stdout).toContain(`the embedded PostgreSQL runs as ${await nameOfUser(uid)}\n`);
  expect(await nameOfUser(0)).toBe("root");
  expect(await nameOfUser(4_000_000)).toBe("user id 4000000");
});
