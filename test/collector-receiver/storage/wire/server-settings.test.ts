import { expect, onTestFinished, test } from "vitest";
import { verifyTenant } from "../../../../collector-receiver/src/recount/verify-tenant.ts";
import { rebuildTenant } from "../../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { readTenantDays } from "../../../../collector-receiver/src/storage/settings/list-tenants.ts";
import {
  openWriterConnection,
  parseTimestamptz,
} from "../../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { applySettings } from "../../../../collector-receiver/src/storage/wire/transaction-settings.ts";
import { keepResolutionDays } from "../../../../collector-receiver/src/upkeep/keep-resolution-days.ts";
import { sweepIdleSessions } from "../../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";
import { makeEvent, openTestIngest, testTenantDefaults } from "../../../support/open-test-ingest.ts";
import { requestOf } from "../../ingest/arbitrary-events.ts";

const noon = Date.UTC(2025, 11, 25, 4);

test.each([
  ["Asia/Kathmandu", "German, DMY"],
  ["America/St_Johns", "SQL, MDY"],
  ["Pacific/Apia", "Postgres, DMY"],
])("a database set to %s and %s counts as any other", async (timezone, dateStyle) => {
  const { connectionString, pool } = await useTestDatabase();
  const name = new URL(connectionString).pathname.slice(1);
  await pool.query(`alter database "${name}" set timezone = '${timezone}'`);
  await pool.query(`alter database "${name}" set datestyle = '${dateStyle}'`);
  const ingest = openTestIngest(connectionString, {
    tenantDefaults: { ...testTenantDefaults, idleTimeoutSeconds: 3600 },
  });
  onTestFinished(() => ingest.close());
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  await ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100);
  await pool.query(
    "update analytics_settings set idle_through = '2025-12-01T00:00:00Z', retained_from = '2025-10-31T16:00:00Z'",
  );
  const at = (minutes: number, name: string) =>
    makeEvent({
      name,
      sessionId: "s-1",
      occurredAtMs: noon + minutes * 60_000,
      attributes: { session_id: "s-1", user_id: "u", ...(name === "session.message" ? { role: "assistant" } : {}) },
    });
  await ingest.submit(requestOf([at(0, "session.start")]), 100);
  // Merged with what is stored, whose times come back as text.
  await ingest.submit(requestOf([at(-720, "session.start"), at(9, "session.message")]), 100);
  for await (const _ of sweepIdleSessions(client, "default", noon + 7_200_000));
  await keepResolutionDays(client, "default");
  const { rows } = await pool.query(
    "select period_value as day, total_sessions::int as sessions, ai_resolved_idle::int as idle from analytics_business_metrics where period_type = 'day' and total_sessions > 0",
  );
  expect(rows).toEqual([{ day: "2025-12-25", sessions: 1, idle: 1 }]);
  expect(await readTenantDays(client)).toEqual([
    expect.objectContaining({ tenantId: "default", retainedFromMs: Date.UTC(2025, 9, 31, 16) }),
  ]);
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);
  await pool.query(
    "update analytics_business_metrics set total_sessions = 7; update analytics_sessions set last_activity_at = first_seen_at",
  );
  await rebuildTenant(connectionString, "default");
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);
});

test("a transaction sets what a session that a pooler hands out may have otherwise, and leaves the session as it was", async () => {
  const { connectionString } = await useTestDatabase();
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  const read = async () => {
    const shown = ["timezone", "datestyle", "jit", "plan_cache_mode", "idle_in_transaction_session_timeout"];
    const { rows } = await client.query(
      `select ${shown.map((name) => `current_setting('${name}') as ${name}`).join(", ")}`,
    );
    return rows[0];
  };
  await client.query("set timezone to 'Asia/Kathmandu'");
  await client.query("set datestyle to 'German, DMY'");
  await client.query("set jit to on");
  const handedOut = await read();
  await client.query("begin");
  await applySettings(client, { genericPlans: true, endsIfAbandoned: true });
  expect(await read()).toEqual({
    timezone: "UTC",
    datestyle: expect.stringMatching(/^ISO,/),
    jit: "off",
    plan_cache_mode: "force_generic_plan",
    idle_in_transaction_session_timeout: "10s",
  });
  await client.query("commit");
  expect(await read()).toEqual(handedOut);
});

test("a connection asks the server for nothing that a pooler refuses or ignores", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  const { rows } = await pool.query(
    `select source from pg_settings where name in ('TimeZone', 'jit', 'plan_cache_mode') and source = 'client'`,
  );
  expect(rows).toEqual([]);
  const own = await client.query("select name from pg_settings where source = 'client' order by name");
  expect(own.rows).toEqual([{ name: "application_name" }, { name: "client_encoding" }]);
});

test.each([
  ["2025-12-25 08:00:00+00", Date.UTC(2025, 11, 25, 8)],
  ["2025-12-25 08:00:00.123+05:45", Date.UTC(2025, 11, 25, 2, 15, 0, 123)],
  ["2025-12-25 08:00:00.5-03:30", Date.UTC(2025, 11, 25, 11, 30, 0, 500)],
  ["2025-12-25 08:00:00-04", Date.UTC(2025, 11, 25, 12)],
  ["1890-01-01 00:00:00+08:05:43", Date.UTC(1889, 11, 31, 15, 54, 17)],
])("%s is read by its own offset", (text, ms) => {
  expect(parseTimestamptz(text)).toBe(ms);
});
