import { expect, test } from "vitest";
import { raiseAlarms } from "../../../collector-receiver/src/operating/raise-alarms.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import {
  findTenantsToSweep,
  listTenantTimezones,
} from "../../../collector-receiver/src/storage/settings/list-tenants.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { spanledger } from "../cli/run-cli.ts";

const gateway = { INGEST_TOKENS: "a|b|c:token-of-the-gateway" };

/** The trace request of one session each of these tenants, by resource, as a gateway sends them. */
function requestOf(tenantIds: readonly string[], sessionId: string): string {
  const event = { name: "session.start", attributes: { session_id: sessionId } };
  const resourceSpans = tenantIds.flatMap(
    (tenantId) =>
      (JSON.parse(tracesWith([event], { resource: { "spanledger.tenant": tenantId } })) as { resourceSpans: unknown[] })
        .resourceSpans,
  );
  return JSON.stringify({ resourceSpans });
}

function send(url: string, body: string): Promise<Response> {
  const headers = { "content-type": "application/json", authorization: "Bearer token-of-the-gateway" };
  return fetch(`${url}/v1/traces`, { method: "POST", headers, body });
}

test("a gateway is told which tenant it has to send again, and when; the alarm is counted each time and logged once", async () => {
  const { url, database, log } = await startTestReceiver(gateway);
  await database.pool.query("update analytics_settings set counting_rules = 3 where tenant_id = 'b'");
  expect((await send(url, requestOf(["a", "c"], "s1"))).status).toBe(200);
  const mixed = requestOf(["a", "b", "c"], "s2");
  for (let attempt = 0; attempt < 3; attempt++) {
    const answer = await send(url, mixed);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    const status = (await answer.json()) as { code: number; message: string };
    expect(status.code).toBe(14);
    expect(status.message).toMatch(/^counting_rules_unknown: .*tenant "b": send again/);
    expect(status.message).not.toContain('"a"');
  }
  const { rows } = await database.pool.query("select tenant_id from analytics_events order by 1");
  expect(rows).toEqual(["a", "a", "c", "c"].map((tenant_id) => ({ tenant_id })));
  const alarms = log.filter(({ alarm }) => alarm === "counting_rules_unknown");
  expect(alarms).toHaveLength(1);
  expect(JSON.stringify(alarms)).toContain('\\"b\\" by rules 3');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/spanledger_alarms_total\{kind="counting_rules_unknown"\} [1-9]/);
});

test("beside a newer schema a receiver is ready and starts again, until the schema asks for a newer one", async () => {
  const { url, database, close } = await startTestReceiver();
  const readiness = async (at: string) => {
    const answer = await fetch(`${at}/readyz`);
    return [answer.status, ((await answer.json()) as { checks: { migrations: string } }).checks.migrations];
  };
  await database.pool.query("insert into spanledger_migrations (name, run_on) values ('9999_future', now())");
  expect(await readiness(url)).toEqual([200, "ok"]);
  await close();
  const again = await startTestReceiver({}, database);
  expect(await readiness(again.url)).toEqual([200, "ok"]);

  await database.pool.query("update spanledger_schema set oldest_receiver = 9999");
  expect(await readiness(again.url)).toEqual([503, "too new for this version: 9999_future"]);
  await expect(startTestReceiver({}, database)).rejects.toMatchObject({ code: "receiver_too_old" });
});

test("an old receiver starts beside tenants of other rules, names them, and leaves sweep and retention of them to others", async () => {
  const { database, close } = await startTestReceiver({ INGEST_TOKENS: "a:token-of-tenant-a-0,b:token-of-tenant-b-0" });
  await close();
  await database.pool.query("update analytics_settings set counting_rules = 3 where tenant_id = 'b'");
  await database.pool.query("update analytics_settings set idle_through = now() - interval '1 day'");
  const client = await openWriterConnection(database.connectionString);
  try {
    expect(await findTenantsToSweep(client, Date.now())).toEqual(["a"]);
    expect((await listTenantTimezones(client)).map(({ tenantId }) => tenantId)).toEqual(["a"]);
    await expect(sweepIdleSessions(client, "b", Date.now()).next()).rejects.toThrow('"b" by rules 3');
  } finally {
    await client.end();
  }
  const { log } = await startTestReceiver({}, database);
  const warnings = log.filter(({ level }) => level === 40).map(({ msg }) => String(msg));
  expect(warnings).toEqual([expect.stringContaining('"b" by rules 3')]);
});

test("commands do their work for the other tenants, refuse a tenant of other rules by name, and change nothing of it", async () => {
  const { url, database } = await startTestReceiver(gateway);
  expect((await send(url, requestOf(["a", "b", "c"], "s1"))).status).toBe(200);
  await database.pool.query("update analytics_settings set counting_rules = 3 where tenant_id = 'b'");
  // A rebuild by this version's rules would put it back.
  await database.pool.query("update analytics_business_metrics set total_sessions = 7 where tenant_id = 'b'");
  const stored = async () =>
    (
      await database.pool.query(
        "select (select json_agg(s) from analytics_settings s) as s, (select json_agg(m) from analytics_business_metrics m) as m",
      )
    ).rows;
  const before = await stored();
  const environment = { DATABASE_URL: database.connectionString };
  const named = expect.stringMatching(/"b" by rules 3.*\[counting_rules_unknown\]/);

  const verified = await spanledger(environment, "verify", "--json");
  expect(verified).toMatchObject({ code: 1, stderr: named });
  expect(JSON.parse(verified.stdout)).toMatchObject({
    drifts: 0,
    tenants: [{ tenantId: "a" }, { tenantId: "c" }],
    refused: [{ tenantId: "b", code: "counting_rules_unknown" }],
  });
  const rebuilt = await spanledger(environment, "rebuild");
  expect(rebuilt).toMatchObject({ code: 1, stderr: named, stdout: expect.stringMatching(/^a: .*\nc: .*\n$/) });
  expect(await spanledger(environment, "settings", "--idle-timeout", "2h")).toMatchObject({ code: 1, stderr: named });
  expect(await spanledger(environment, "erase", "--session", "s1", "--tenant", "b")).toMatchObject({
    code: 1,
    stderr: named,
  });
  expect(await spanledger(environment, "replay", "--tenant", "b")).toMatchObject({ code: 1, stderr: named });
  expect(await stored()).toEqual(before);

  const shown = await spanledger(environment, "settings", "--tenant", "b");
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringMatching(/rules +3\n/) });
  const doctor = await spanledger(environment, "doctor");
  expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/counting rules.*"b" by rules 3/) });
});

test("an alarm that is raised again and again is counted each time and logged once an hour, with how often it came", () => {
  let nowMs = 0;
  const counted: string[] = [];
  const lines: [Record<string, unknown>, string][] = [];
  const log = { error: (fields: Record<string, unknown>, text: string) => void lines.push([fields, text]) };
  const raise = raiseAlarms({ countAlarm: (code) => counted.push(code) }, log as never, () => nowMs);
  for (let i = 0; i < 5; i++) raise("counter_error", "no column", new Error("x"));
  raise("counter_error", "no table", new Error("x"));
  raise("internal_fault", "a batch failed", new Error("one bug"));
  raise("internal_fault", "a batch failed", new Error("another bug"));
  expect(counted).toHaveLength(8);
  expect(lines.map(([, text]) => text)).toEqual(["no column", "no table", "a batch failed", "a batch failed"]);
  nowMs = 3_600_000;
  raise("counter_error", "no column", new Error("x"));
  expect(lines.at(-1)).toEqual([expect.objectContaining({ alarm: "counter_error", repeated: 4 }), "no column"]);
  for (let i = 0; i < 1000; i++) raise("counter_error", `value ${i}`, new Error("x"));
  raise("counter_error", "value 999", new Error("x"));
  expect(lines).toHaveLength(1005);
});
