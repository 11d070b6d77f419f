import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { startReceiver } from "../../../collector-receiver/src/start-receiver.ts";
import { startEmbeddedPostgres } from "../../../collector-receiver/src/embedded/embedded-postgres.ts";
import { migrateDatabase } from "../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { useRole } from "../../support/use-role.ts";

async function useClient(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const denied = { code: "42501" };

test("the start migrates as MIGRATION_DATABASE_URL says, and everything else runs as a role without DDL", async () => {
  const database = await useTestDatabase({ migrated: false });
  const role = await useRole(database, "in role spanledger_receiver");
  const config = loadConfig({
    PORT: "0",
    DATABASE_URL: role.connectionString,
    MIGRATION_DATABASE_URL: database.connectionString,
  });
  const receiver = await startReceiver(config, pino({ level: "silent" }));
  onTestFinished(() => receiver.close());
  expect((await fetch(`${receiver.url}/readyz`)).status).toBe(200);
  const owners = await database.pool.query("select distinct tableowner from pg_tables where schemaname = 'public'");
  expect(owners.rows).toEqual([{ tableowner: new URL(database.connectionString).username }]);
  const connected = await database.pool.query(
    "select distinct usename from pg_stat_activity where datname = current_database() and application_name like 'spanledger%'",
  );
  expect(connected.rows).toEqual([{ usename: role.name }]);
});

test("the receiver runs as a role without DDL: events of any month, counters, reads, partitions on demand", async () => {
  const database = await useTestDatabase();
  const { connectionString } = await useRole(database, "in role spanledger_receiver");
  const config = loadConfig({ PORT: "0", DATABASE_URL: connectionString });
  const receiver = await startReceiver(config, pino({ level: "silent" }));
  onTestFinished(() => receiver.close());
  expect((await fetch(`${receiver.url}/readyz`)).status).toBe(200);
  const events = [0, 40, 400].map((days, i) => ({
    name: "session.start",
    attributes: { session_id: `s${i}` },
    atMs: Date.now() - days * 86_400_000,
  }));
  const message = { session_id: "s0", role: "ai", response_time_ms: 900 };
  events.push({ name: "session.message", attributes: message, atMs: Date.now() });
  const headers = { "content-type": "application/json" };
  for (const delivery of [tracesWith(events), tracesWith(events)]) {
    const answer = await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body: delivery });
    expect(answer.status).toBe(200);
  }
  const summary = await (await fetch(`${receiver.url}/api/analytics/summary`)).json();
  expect(summary).toMatchObject({ current: { total_sessions: 1 } });
  expect((await fetch(`${receiver.url}/api/analytics/sessions/s0`)).status).toBe(200);
  expect((await verifyTenant(database.connectionString, "default")).drifts).toBe(0);

  const client = await useClient(connectionString);
  for (const ddl of [
    "create table mine (id int)",
    "alter table analytics_events add column x int",
    "drop table analytics_costs",
    "truncate analytics_events",
    "delete from analytics_events",
    "update analytics_events set event_data = '{}'",
    "update analytics_audit set details = '{}'",
    "select spanledger_grant_rights()",
  ]) {
    await expect(client.query(ddl), ddl).rejects.toMatchObject(denied);
  }
});

test("the role for dashboards reads counters and the outline of events, but no identifiers and no contents", async () => {
  const database = await useTestDatabase();
  const { connectionString } = await useRole(database, "in role spanledger_reader");
  const client = await useClient(connectionString);
  for (const allowed of [
    "select * from analytics_business_metrics",
    "select * from analytics_agent_metrics_by_period",
    "select * from analytics_event_counts_by_period",
    "select * from analytics_duration_histograms",
    "select * from analytics_duration_histograms_by_period",
    "select * from analytics_sources",
    "select * from analytics_custom_counters_by_period",
    "select * from analytics_custom_session_counts",
    "select * from analytics_custom_metrics",
    "select * from analytics_tickets",
    "select * from analytics_agent_states, analytics_agent_activity",
    "select first_answer_at from analytics_sessions",
    "select event_name, occurred_at, trace_id from analytics_events",
    "select session_id, channel from analytics_sessions",
    "select code, count(*) from analytics_rejected_events group by code",
  ]) {
    await client.query(allowed);
  }
  for (const forbidden of [
    "select * from analytics_events",
    "select event_data from analytics_events",
    "select e from analytics_events e",
    "select user_id from analytics_sessions",
    "select prev_user_id from analytics_sessions",
    "select * from analytics_customers",
    "select * from analytics_custom_sessions",
    "select payload from analytics_rejected_events",
    "select reason from analytics_rejected_events",
    "select * from analytics_audit",
    "insert into analytics_costs values ('default', '2025-01-01', 1)",
    "delete from analytics_business_metrics",
    "update analytics_duration_counters set c00 = 1",
    "select spanledger_ensure_partition('2021-01-01')",
    "select spanledger_drop_old_partitions()",
  ]) {
    await expect(client.query(forbidden), forbidden).rejects.toMatchObject(denied);
  }
  // A partition is a table of its own: no right to the parent's columns is a way around it.
  await database.pool.query("select spanledger_ensure_partition('2021-01-01')");
  await expect(client.query("select event_data from analytics_events_2021_01")).rejects.toMatchObject(denied);
});

test("the receiver's role cannot fill the database with partitions, nor say in the audit that somebody else did it", async () => {
  const database = await useTestDatabase();
  const { name, connectionString } = await useRole(database, "in role spanledger_receiver");
  const client = await useClient(connectionString);
  const next = await client.query("select spanledger_ensure_partition((now() + interval '1 month')::date) as made");
  expect(next.rows).toEqual([{ made: true }]);
  for (const month of ["9999-01-01", "2100-01-01", "1999-12-01", "0001-01-01", "infinity"]) {
    await expect(client.query("select spanledger_ensure_partition($1::date)", [month]), month).rejects.toMatchObject({
      code: "23514",
    });
  }
  const farther = "select spanledger_ensure_partition((now() + interval '4 months')::date)";
  await expect(client.query(farther)).rejects.toMatchObject({ code: "23514" });
  await expect(client.query("select spanledger_make_partition('9999-01-01')")).rejects.toMatchObject(denied);

  await client.query("insert into analytics_audit (tenant_id, action, details) values ('default', 'settings', '{}')");
  const { rows } = await database.pool.query("select database_role from analytics_audit");
  expect(rows).toEqual([{ database_role: name }]);
  for (const column of ["database_role", "performed_by", "performed_at"]) {
    const forged = `insert into analytics_audit (tenant_id, action, details, ${column}) values ('default', 'settings', '{}', default)`;
    await expect(client.query(forged), column).rejects.toMatchObject(denied);
  }
});

test("a tenant's reader sees that tenant in every table and view, and nothing of another, whatever it sets", async () => {
  const { url, database } = await startTestReceiver();
  const sent = ["brand-a", "brand-b"].flatMap((tenant, i) => {
    const atMs = Date.UTC(2026, 2, 10, 4);
    const events = [
      { name: "session.start", attributes: { session_id: "s-1", channel: "web" }, atMs },
      { name: "session.message", attributes: { session_id: "s-1", role: "ai", response_time_ms: 900 + i }, atMs },
      { name: "session.escalate", attributes: { session_id: "s-1", reason: `reason of ${tenant}` }, atMs },
      { name: "agent.login", attributes: { agent_id: i + 1, agent_name: `Agent of ${tenant}` }, atMs },
      { name: "ticket.created", attributes: { ticket_id: i + 1 }, atMs },
      { name: "session.start", attributes: { session_id: "s-2", channel: 5 }, atMs },
    ];
    return [tracesWith(events, { resource: { "service.name": tenant, "spanledger.tenant": tenant } })];
  });
  for (const body of sent) {
    const headers = { "content-type": "application/json" };
    expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  }
  for (const tenant of ["brand-a", "brand-b"]) {
    await database.pool.query(
      "insert into analytics_service_versions select $1, 'chat', version, now() from unnest(array['1', '2']) as version",
      [tenant],
    );
    await database.pool.query(
      `insert into analytics_audit (tenant_id, action, details)
       values ($1, 'settings', '{"change": {"currency": "EUR"}, "before": {"currency": "CNY"}}')`,
      [tenant],
    );
  }
  const role = await useRole(database, "");
  const other = await useRole(database, "in role spanledger_reader");
  await database.pool.query("select spanledger_add_tenant_reader($1, 'brand-a')", [role.name]);
  await expect(
    database.pool.query("select spanledger_add_tenant_reader($1, 'brand-a')", [other.name]),
  ).rejects.toMatchObject({ message: expect.stringContaining("reads all tenants already") });

  const client = await useClient(role.connectionString);
  const everybody = await useClient(other.connectionString);
  const { rows: readable } = await client.query<{ name: string }>(
    `select relname as name from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
       and exists (select from pg_attribute a where a.attrelid = c.oid and attname = 'tenant_id' and not attisdropped
         and has_column_privilege(c.oid, attname, 'select')) order by 1`,
  );
  expect(readable.length).toBeGreaterThan(15);
  expect(readable.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["analytics_annotations", "analytics_service_versions", "analytics_setting_changes"]),
  );
  await client.query("set role none; set row_security = on");
  for (const { name } of readable) {
    const tenants = `select distinct tenant_id from ${name}`;
    const own = (await client.query<{ tenant_id: string }>(tenants)).rows.map((row) => row.tenant_id);
    expect(
      own.every((tenant) => tenant === "brand-a"),
      name,
    ).toBe(true);
    if ((await everybody.query(`${tenants} where tenant_id = 'brand-b'`)).rowCount === 0) continue;
    expect(own, name).toEqual(["brand-a"]);
  }
  const seen = await client.query(
    "select agent_name from analytics_agent_metrics_by_period where agent_id is not null",
  );
  expect(new Set(seen.rows.map((row) => row.agent_name))).toEqual(new Set(["Agent of brand-a"]));
  for (const forbidden of [
    "select session_id from analytics_events",
    "select session_id from analytics_sessions",
    "select user_id from analytics_customers",
    "select payload from analytics_rejected_events",
    "select * from analytics_audit",
    "select * from spanledger_tenant_logins",
    "update spanledger_tenant_logins set tenant_id = 'brand-b'",
    "select spanledger_add_tenant_reader(session_user, 'brand-b')",
    "insert into analytics_costs values ('brand-a', '2025-01-01', 1)",
    "alter table analytics_costs disable row level security",
    "drop policy own_tenant on analytics_costs",
    "set session authorization spanledger_reader",
    "set role spanledger_reader",
  ]) {
    await expect(client.query(forbidden), forbidden).rejects.toMatchObject(denied);
  }
  // A member of the group without a tenant sees nothing.
  await database.pool.query("delete from spanledger_tenant_logins where login = $1", [role.name]);
  expect((await client.query("select tenant_id from analytics_business_metrics")).rows).toEqual([]);
});

test("a user that may not create roles can still migrate", async () => {
  // A server of its own: on the one of the other tests, the roles are there already.
  const folder = await mkdtemp(join(tmpdir(), "spanledger-roles-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  const server = await startEmbeddedPostgres({ dataFolder: folder });
  onTestFinished(() => server.stop());
  const administrator = await useClient(server.connectionString);
  await administrator.query("create role migrator login password 'secret' nocreaterole");
  await administrator.query("create database numbers owner migrator");
  const url = new URL(server.connectionString);
  url.pathname = "/numbers";
  url.username = "migrator";
  url.password = "secret";
  expect(await migrateDatabase(url.href)).toContain("0006_roles");
  const client = await useClient(url.href);
  await client.query("select spanledger_ensure_partition('2021-01-01')");
  const roles = "select rolname from pg_roles where rolname like 'spanledger\\_re%' order by 1";
  expect((await client.query(roles)).rows).toEqual([]);
  // Where the roles are another one's, the owner of the tables gives them their rights.
  await administrator.query("create role spanledger_receiver; create role spanledger_reader");
  await client.query("select spanledger_grant_rights()");
  const rights = `select has_table_privilege('spanledger_receiver', 'analytics_business_metrics', 'update') as receiver,
    has_table_privilege('spanledger_reader', 'analytics_business_metrics', 'select') as reader`;
  expect((await client.query(rights)).rows).toEqual([{ receiver: true, reader: true }]);
});

test("one function gives roles that are created later the rights of the migrations", async () => {
  const { pool } = await useTestDatabase();
  const rights = async () => {
    const { rows } = await pool.query(
      `select c.relname, role, array_agg(privilege order by privilege) filter (where has_table_privilege(role, c.oid, privilege)) as on_table,
         (select array_agg(attname order by attname) from pg_attribute where attrelid = c.oid and attnum > 0
           and not attisdropped and has_column_privilege(role, c.oid, attname, 'select')) as readable
       from pg_class c, unnest(array['spanledger_receiver', 'spanledger_reader']) as role,
         unnest(array['select', 'insert', 'update', 'delete']) as privilege
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
       group by c.oid, c.relname, role order by 1, 2`,
    );
    return rows;
  };
  const migrated = await rights();
  expect(migrated.filter((row) => row.on_table !== null).length).toBeGreaterThan(30);
  for (const role of ["spanledger_receiver", "spanledger_reader"]) {
    await pool.query(`revoke all on all tables in schema public from ${role}`);
  }
  expect((await rights()).filter((row) => row.on_table !== null)).toEqual([]);
  await pool.query("select spanledger_grant_rights()");
  expect(await rights()).toEqual(migrated);
});
