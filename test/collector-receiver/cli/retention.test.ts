import { expect, test } from "vitest";
import { retentionStart } from "../../../collector-receiver/src/upkeep/apply-retention.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { spanledger } from "./run-cli.ts";

const monthMs = 31 * 86_400_000;

test("retention: an announcement is shown, tried out, cancelled and resumed, in text and JSON, metrics and doctor", async () => {
  const tokens = { INGEST_TOKENS: "a:token-of-tenant-a-0,b:token-of-tenant-b-0", READ_TOKENS: "a:token-to-read-a-00" };
  const history = await startTestReceiver(tokens);
  for (const [tenant, sessions] of [
    ["a", 3],
    ["b", 2],
  ] as const) {
    const events = Array.from({ length: sessions }, (_, i) => ({
      name: "session.start",
      attributes: { session_id: `s${i}` },
      atMs: Date.now() - (i === 0 ? 0 : 6 * monthMs),
    }));
    const headers = { "content-type": "application/json", authorization: `Bearer token-of-tenant-${tenant}-0` };
    const sent = { method: "POST", headers, body: tracesWith(events) };
    expect((await fetch(`${history.url}/v1/traces`, sent)).status).toBe(200);
  }
  await history.close();

  const { url, database } = await startTestReceiver({ ...tokens, RETENTION_MONTHS: "3" }, history.database);
  const environment = { DATABASE_URL: database.connectionString };
  const metrics = async () => await (await fetch(`${url}/metrics`)).text();
  await expect.poll(metrics).toContain('spanledger_retention_announcements{state="announced"} 2');
  const due = /^spanledger_retention_due_timestamp_seconds (\S+)$/m.exec(await metrics())?.[1];
  expect(Math.abs(Number(due) - Date.now() / 1000 - 86_400)).toBeLessThan(600);

  const shown = await spanledger(environment, "retention");
  expect(shown).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^a\n {2}rows kept {2}all\n {2}announced {2}rows before/),
  });
  expect(shown.stdout).toContain("RETENTION_MONTHS=3");
  const dryRun = await spanledger(environment, "retention", "--dry-run", "--json");
  const { partitions, bounds } = JSON.parse(dryRun.stdout) as {
    partitions: { rows: number; bytes: number; rowsByTenant: unknown }[];
    bounds: unknown[];
  };
  expect(partitions).toMatchObject([{ rows: 3, rowsByTenant: { a: 2, b: 1 } }]);
  expect(partitions[0]?.bytes).toBeGreaterThan(8192);
  expect(bounds).toHaveLength(2);
  const text = await spanledger(environment, "retention", "--dry-run");
  expect(text.stdout).toMatch(
    /: rows 3, \d+\.\d MiB\n {2}a: rows 2\n {2}b: rows 1\nwould be dropped: partitions 1, rows 3/,
  );
  const none = await spanledger(environment, "retention", "--dry-run", "--months", "24");
  expect(none.stdout).toContain("would be dropped: nothing");

  const doctor = await spanledger(environment, "doctor");
  expect(doctor.stdout).toMatch(/warning retention +announced \(tenants: 2, due /);
  expect(await spanledger(environment, "retention", "--cancel", "--tenant", "a")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("cancelled for a."),
  });
  const after = JSON.parse((await spanledger(environment, "retention", "--json")).stdout) as {
    tenants: { announcements: { state: string }[] }[];
  };
  expect(after.tenants.map(({ announcements }) => announcements[0]?.state)).toEqual(["cancelled", "announced"]);
  expect((await spanledger(environment, "retention", "--resume")).stdout).toContain("resumed for a.");
  expect((await spanledger(environment, "retention", "--resume")).stdout).toBe("nothing to be resumed\n");
  const { rows } = await database.pool.query(
    "select (select count(*)::int from analytics_events) as events, count(retained_from)::int as sealed from analytics_settings",
  );
  expect(rows).toEqual([{ events: 5, sealed: 0 }]);
  for (const [wrong, message] of [
    [["--cancel", "--resume"], "'--cancel' cannot be used with option '--resume'"],
    [["--months", "3"], "only works with --dry-run"],
    [["--dry-run", "--months", "0"], "from 1 to 1200"],
    [["--dry-run", "--months", "1201"], "from 1 to 1200"],
    [["--dry-run", "--tenant", "a"], "'--dry-run' cannot be used with option '--tenant <tenant>'"],
    [["--tenant", "nobody"], 'no tenant "nobody"'],
  ] as const) {
    const refused = await spanledger(environment, "retention", ...wrong);
    expect(refused, wrong.join(" ")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(message) });
    expect(refused.stderr).not.toContain("    at ");
  }
});

test("retention --dry-run: rows begin where --months, announcements, RETENTION_MONTHS and what was dropped before say", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const now = Date.now();
  const startOf = (months: number) => new Date(retentionStart("Asia/Shanghai", months, now));
  for (const tenant of ["plain", "sealed", "announced"]) {
    await pool.query(
      "insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, retained_from, counting_rules) values ($1, 'Asia/Shanghai', 'CNY', 86400, now(), $2, 2)",
      [tenant, tenant === "sealed" ? startOf(4) : null],
    );
  }
  await pool.query(
    "insert into analytics_retention_plans (tenant_id, retention_months, retained_from) values ('announced', 5, $1), ('announced', 9, $2)",
    [startOf(5), startOf(9)],
  );
  const bounds = async (environment: Record<string, string>, ...words: string[]) => {
    const run = await spanledger(
      { DATABASE_URL: connectionString, ...environment },
      "retention",
      "--dry-run",
      "--json",
      ...words,
    );
    const { bounds: found } = JSON.parse(run.stdout) as {
      bounds: { tenantId: string; retainedFromMs: number | null }[];
    };
    return Object.fromEntries(found.map(({ tenantId, retainedFromMs }) => [tenantId, retainedFromMs]));
  };
  const [four, six, nine, two] = [4, 6, 9, 2].map((months) => startOf(months).getTime());
  // What is gone does not come back, and of several announcements the one that keeps more decides.
  expect(await bounds({})).toEqual({ plain: null, sealed: four, announced: nine });
  expect(await bounds({ RETENTION_MONTHS: "6" })).toEqual({ plain: six, sealed: four, announced: nine });
  expect(await bounds({ RETENTION_MONTHS: "6" }, "--months", "2")).toEqual({ plain: two, sealed: two, announced: two });
});
