import { expect, onTestFinished, test } from "vitest";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { spanledger } from "../collector-receiver/cli/run-cli.ts";
import { useTestDatabase } from "../support/create-test-database.ts";
import { describeWith } from "../support/describe-with.ts";
import { tracesWith, type WireEvent } from "../support/otlp-json.ts";
import { findPooler, keepsStatements, startPooler } from "../support/start-pooler.ts";
import { startTestReceiver } from "../support/start-test-receiver.ts";

const pooler = await findPooler();
const forTransactions = pooler !== undefined && keepsStatements(pooler) ? pooler : undefined;
const noPooler = "it has no PgBouncer, and npm has none";
const oldPooler = `it has no PgBouncer 1.22.1 or newer${pooler === undefined ? "" : `, but ${pooler.version.join(".")}`}`;

async function sendTo(url: string, events: readonly WireEvent[], resource?: Record<string, string>): Promise<void> {
  const body = tracesWith(events, resource === undefined ? {} : { resource });
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
}

for (const [mode, found, excuse] of [
  ["session", pooler, noPooler],
  ["transaction", forTransactions, oldPooler],
] as const) {
  describeWith(
    `PgBouncer in ${mode} mode`,
    found,
    (program) => {
      test("a receiver behind it counts as without, whatever the database's timezone is, and doctor sees it", async () => {
        const database = await useTestDatabase();
        await database.pool.query(`alter database ${database.name} set timezone = 'Pacific/Apia'`);
        await database.pool.query(`alter database ${database.name} set datestyle = 'German, DMY'`);
        const started = await startPooler(program(), database.connectionString, mode);
        onTestFinished(() => started.kill());
        const pooled = started.connectionString;
        const receiver = await startTestReceiver(
          { MIGRATION_DATABASE_URL: database.connectionString, BUSINESS_TIMEZONE: "Asia/Shanghai" },
          { ...database, connectionString: pooled },
        );
        // Half an hour around the midnight of Shanghai.
        const midnightMs = Date.UTC(2025, 11, 24, 16);
        const send = async (n: number) => {
          const atMs = midnightMs + (n % 2 === 0 ? -1 : 1) * 900_000 + n;
          const body = tracesWith([
            { name: "session.start", attributes: { session_id: `s-${n}`, user_id: `u-${n % 5}` }, atMs },
            { name: "session.message", attributes: { session_id: `s-${n}`, role: "ai", response_time_ms: n }, atMs },
          ]);
          const headers = { "content-type": "application/json" };
          return (await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body })).status;
        };
        const numbers = Array.from({ length: 200 }, (_, n) => n);
        for (let from = 0; from < numbers.length; from += 20) {
          const statuses = await Promise.all(numbers.slice(from, from + 20).map(send));
          expect(new Set(statuses)).toEqual(new Set([200]));
        }
        // Duplicates take the other ways of writing.
        expect(await send(7)).toBe(200);
        const { rows } = await database.pool.query(
          "select period_value as day, total_sessions::int as sessions from analytics_business_metrics where period_type = 'day' order by 1",
        );
        expect(rows).toEqual([
          { day: "2025-12-24", sessions: 100 },
          { day: "2025-12-25", sessions: 100 },
        ]);
        for (const path of ["/report?month=2025-12", "/api/analytics/summary?month=2025-12", "/readyz"]) {
          expect((await fetch(`${receiver.url}${path}`)).status, path).toBe(200);
        }
        expect(await verifyTenant(database.connectionString, "default")).toMatchObject({ drifts: 0 });
        const doctor = await spanledger({ DATABASE_URL: pooled }, "doctor");
        expect(doctor.stdout).toMatch(/^warning pooler .*set MIGRATION_DATABASE_URL/m);
      }, 120_000);

      test("what needs one session is refused where the pooler gives each transaction another one, and else works", async () => {
        const empty = await useTestDatabase({ migrated: false });
        const full = await useTestDatabase();
        const event = { name: "session.start", attributes: { session_id: "s" } };
        const direct = await startTestReceiver({}, full);
        await sendTo(direct.url, [event]);
        await direct.close();
        for (const [database, command, variable] of [
          [empty, ["migrate"], "MIGRATION_DATABASE_URL"],
          [full, ["migrate", "--down-to", "67"], "MIGRATION_DATABASE_URL"],
          [full, ["migrate"], "MIGRATION_DATABASE_URL"],
          [full, ["rebuild"], "DATABASE_URL"],
        ] as const) {
          const pooled = await startPooler(program(), database.connectionString, mode);
          onTestFinished(() => pooled.kill());
          const done = await spanledger({ DATABASE_URL: pooled.connectionString }, ...command);
          const isIdle = database === full && command.join() === "migrate";
          if (mode === "session" || isIdle) expect(done, command.join(" ")).toMatchObject({ code: 0 });
          else expect(done.stderr).toMatch(new RegExp(`Set ${variable} to PostgreSQL itself.*\\[session_is_shared\\]`));
        }
      }, 120_000);

      test("tenants of older rules are counted anew, one after the other", async () => {
        const database = await useTestDatabase();
        const direct = await startTestReceiver({}, database);
        const tenants = ["a", "b", "c"];
        for (const tenant of tenants) {
          const event = { name: "session.start", attributes: { session_id: tenant } };
          await sendTo(direct.url, [event], { "service.name": "test", "spanledger.tenant": tenant });
        }
        await direct.close();
        await database.pool.query("update analytics_settings set counting_rules = 1");
        await database.pool.query("update analytics_business_metrics set outcome_open = 7");
        const pooled = await startPooler(program(), database.connectionString, mode);
        onTestFinished(() => pooled.kill());
        const environment = { MIGRATION_DATABASE_URL: database.connectionString };
        const receiver = await startTestReceiver(environment, {
          ...database,
          connectionString: pooled.connectionString,
        });
        const rules = async () =>
          (await database.pool.query("select distinct counting_rules as rules from analytics_settings")).rows;
        await expect.poll(rules, { timeout: 60_000 }).toEqual([{ rules: 2 }]);
        for (const tenant of tenants) {
          expect(await verifyTenant(pooled.connectionString, tenant)).toMatchObject({ events: 1, drifts: 0 });
        }
        expect(receiver.log.filter(({ alarm }) => alarm !== undefined)).toEqual([]);
      }, 120_000);
    },
    excuse,
  );
}

describeWith(
  "PgBouncer in statement mode",
  pooler,
  (program) => {
    test("a start and every command behind it are refused by name, and doctor says what to do", async () => {
      const database = await useTestDatabase();
      const direct = await startTestReceiver({}, database);
      await sendTo(direct.url, [{ name: "session.start", attributes: { session_id: "s" } }]);
      await direct.close();
      const pooled = await startPooler(program(), database.connectionString, "statement");
      onTestFinished(() => pooled.kill());
      const environment = { DATABASE_URL: pooled.connectionString, PORT: "0" };
      for (const command of [["start"], ["verify"], ["rebuild"], ["erase", "--session", "s"]]) {
        const refused = await spanledger(environment, ...command);
        expect(refused.code, command[0]).toBe(1);
        expect(`${refused.stdout}${refused.stderr}`, command[0]).toMatch(/statement mode.*Set its pool_mode/);
      }
      const doctor = await spanledger(environment, "doctor");
      expect(doctor.stdout.match(/^FAILED .*/gm)).toEqual([expect.stringMatching(/^FAILED +pooler .*statement mode/)]);
    }, 120_000);
  },
  noPooler,
);
