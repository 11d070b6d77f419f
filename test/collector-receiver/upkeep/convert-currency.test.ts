import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { readPeriod } from "../../../collector-receiver/src/stats/read-period.ts";
import { restatementsOf } from "../../../collector-receiver/src/stats/restatements.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { changeSettings } from "../../../collector-receiver/src/upkeep/change-settings.ts";
import { rememberSettledMonths } from "../../../collector-receiver/src/upkeep/remember-settled-months.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { seedSettings } from "../stats/seed-counters.ts";

const world = shareTestIngest();
const dayMs = 86_400_000;
/** A Thursday: days of two months, and a week that lies in both. */
const firstMs = Date.UTC(2026, 0, 29);
let tenants = 0;

const dayOf = (offset: number): string => new Date(firstMs + offset * dayMs).toISOString().slice(0, 10);

/** A tenant whose conversations, one on each of these days, the AI resolved. */
async function openTenant(days: readonly number[], cost = "10"): Promise<string> {
  const tenantId = `converts-${++tenants}`;
  const { pool } = world.database;
  await seedSettings(pool, tenantId, { timezone: "UTC", idleThrough: "2026-12-01T00:00:00Z" });
  await pool.query("insert into analytics_costs values ($1, '0001-01-01', $2)", [tenantId, cost]);
  const events = days.flatMap((offset, i) => {
    const of = { tenantId, sessionId: `s-${i}`, occurredAtMs: firstMs + offset * dayMs + i };
    return [
      makeEvent({ ...of, name: "session.start" }),
      makeEvent({ ...of, name: "session.message", attributes: { role: "ai" } }),
    ];
  });
  await world.ingest.submit(requestOf(events), 1000);
  return tenantId;
}

async function openClient() {
  const client = await openWriterConnection(world.database.connectionString);
  onTestFinished(() => client.end());
  return client;
}

/** `a × b` of decimals with so many digits, rounded half up to four, in ten-thousandths. */
function timesInTenThousandths(cost: bigint, costDigits: number, rate: bigint, rateDigits: number): bigint {
  const unit = 10n ** BigInt(costDigits + rateDigits);
  return (2n * cost * rate * 10_000n + unit) / (2n * unit);
}

test("a rate converts costs and the savings of days, weeks and months, sealed ones too, and verify finds no drift", async () => {
  const client = await openClient();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 2_000_000 }),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 50_000_000 }),
      fc.boolean(),
      async (days, millionths, from, rate, sealed) => {
        const tenantId = await openTenant(days);
        const { pool, connectionString } = world.database;
        const text = (scaled: number): string => (scaled / 1e6).toFixed(6);
        await changeSettings(client, tenantId, { cost: { value: text(millionths), from: dayOf(from) } });
        if (sealed) {
          await pool.query("update analytics_settings set retained_from = '2026-03-01' where tenant_id = $1", [
            tenantId,
          ]);
        }
        await changeSettings(client, tenantId, { currency: "EUR", rate: text(rate) });
        const counted = timesInTenThousandths(BigInt(millionths), 6, 1n, 0);
        const costOn = (offset: number): bigint =>
          offset >= from
            ? timesInTenThousandths(counted, 4, BigInt(rate), 6)
            : timesInTenThousandths(10n, 0, BigInt(rate), 6);
        const { rows } = await pool.query<{ period_type: string; period_value: string; saved: string }>(
          `select period_type, period_value, (estimated_cost_saved * 10000)::numeric(40, 6)::text as saved
           from analytics_business_metrics where tenant_id = $1`,
          [tenantId],
        );
        const savedIn = (type: string, value?: string): bigint =>
          rows
            .filter((row) => row.period_type === type && (value === undefined || row.period_value === value))
            .reduce((sum, { saved }) => sum + BigInt(saved.replace(/\.0+$/, "")), 0n);
        const wanted = (own: readonly number[]): bigint => own.reduce((sum, offset) => sum + costOn(offset), 0n);
        for (const offset of days) {
          expect(savedIn("day", dayOf(offset))).toBe(wanted(days.filter((other) => other === offset)));
        }
        expect(savedIn("week")).toBe(wanted(days));
        for (const month of ["2026-01", "2026-02"]) {
          expect(savedIn("month", month)).toBe(wanted(days.filter((offset) => dayOf(offset).startsWith(month))));
        }
        expect(await verifyTenant(connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
      },
    ),
    { numRuns: propertyRuns(20) },
  );
}, 300_000);

test("a rate converts savings that are not what resolved conversations cost now: those of older rules in sealed days", async () => {
  const client = await openClient();
  const { pool } = world.database;
  const tenantId = await openTenant([0, 3]);
  await pool.query("update analytics_settings set retained_from = '2026-02-01' where tenant_id = $1", [tenantId]);
  // One day more than 10 for its conversation, in the day, its week and its month.
  await pool.query(
    `update analytics_business_metrics set estimated_cost_saved = estimated_cost_saved + 15
     where tenant_id = $1 and period_value in ('2026-01-29', '2026-W05', '2026-01')`,
    [tenantId],
  );
  await changeSettings(client, tenantId, { currency: "EUR", rate: "0.5" });
  const { rows } = await pool.query(
    `select period_value, estimated_cost_saved::float8 as saved from analytics_business_metrics
     where tenant_id = $1 and estimated_cost_saved <> 0 order by period_value`,
    [tenantId],
  );
  expect(rows.map((row) => [row.period_value, row.saved])).toEqual([
    ["2026-01", 12.5],
    ["2026-01-29", 12.5],
    ["2026-02", 5],
    ["2026-02-01", 5],
    ["2026-W05", 17.5],
  ]);
});

test("a rate converts goals of money and budgets, and nothing else of goals and alerts", async () => {
  const client = await openClient();
  const { pool } = world.database;
  const tenantId = await openTenant([0]);
  await pool.query(
    `insert into analytics_goals values ($1, 'estimated_cost_saved', '2026-01-01', '>=', 1000, 'month'),
       ($1, 'ai_resolution_rate', '2026-01-01', '>=', 85, null)`,
    [tenantId],
  );
  await pool.query(
    `insert into analytics_alerts (tenant_id, rule, definition) values ($1, 'spend', '{"kind": "budget", "amount": 100.5, "to": []}'),
       ($1, 'clean', '{"kind": "quality", "percent": 2, "minEvents": 100, "to": []}')`,
    [tenantId],
  );
  await changeSettings(client, tenantId, { currency: "EUR", rate: "0.125" });
  const { rows: goals } = await pool.query(
    "select metric, target::text from analytics_goals where tenant_id = $1 order by metric",
    [tenantId],
  );
  expect(goals).toEqual([
    { metric: "ai_resolution_rate", target: "85" },
    { metric: "estimated_cost_saved", target: "125" },
  ]);
  const { rows: alerts } = await pool.query(
    "select definition from analytics_alerts where tenant_id = $1 order by rule",
    [tenantId],
  );
  expect(alerts.map(({ definition }) => definition)).toEqual([
    { kind: "quality", percent: 2, minEvents: 100, to: [] },
    { kind: "budget", amount: 12.5625, to: [] },
  ]);
});

test("savings are never relabelled: without a rate they refuse it, and own amounts of money refuse a rate", async () => {
  const client = await openClient();
  const { pool } = world.database;
  const tenantId = await openTenant([0, 1]);
  await expect(changeSettings(client, tenantId, { currency: "EUR" })).rejects.toMatchObject({
    code: "currency_in_use",
    message: expect.stringContaining("--rate"),
  });
  await expect(changeSettings(client, tenantId, { currency: "CNY", rate: "2" })).rejects.toMatchObject({
    code: "wrong_rate",
  });
  await expect(changeSettings(client, tenantId, { rate: "2" })).rejects.toMatchObject({ code: "wrong_rate" });
  await pool.query(
    `update analytics_settings set custom_definitions = '{"metrics": {"paid": {"kind": "sum", "unit": "currency"}, "n": {"kind": "count"}}}'
     where tenant_id = $1`,
    [tenantId],
  );
  // Defined, and not counted yet.
  await changeSettings(client, tenantId, { currency: "EUR", rate: "0.5" });
  await pool.query(
    "insert into analytics_custom_counters (tenant_id, day, metric, events, total) values ($1, '2026-01-29', 'paid', 1, 5)",
    [tenantId],
  );
  await expect(changeSettings(client, tenantId, { currency: "USD", rate: "1.1" })).rejects.toMatchObject({
    code: "currency_in_use",
    message: expect.stringContaining("paid"),
  });
  const { rows } = await pool.query(
    `select currency, (select trim_scale(sum(estimated_cost_saved))::text from analytics_business_metrics m
       where m.tenant_id = $1 and period_type = 'month') as saved,
       (select json_agg(details -> 'change') from analytics_audit a where a.tenant_id = $1) as audited
     from analytics_settings where tenant_id = $1`,
    [tenantId],
  );
  expect(rows).toEqual([{ currency: "EUR", saved: "10", audited: [{ currency: "EUR", rate: "0.5" }] }]);
});

test("a settled month names its savings in the currency in which it was told, and in the new one", async () => {
  const client = await openClient();
  const tenantId = await openTenant([0, 1, 2]);
  expect(await rememberSettledMonths(client, tenantId)).toEqual(["2026-01"]);
  await changeSettings(client, tenantId, { currency: "EUR", rate: "0.5" });
  const reading = await readPeriod({ pool: world.database.pool, now: () => Date.UTC(2026, 3, 1) }, tenantId, {
    month: "2026-01",
  });
  expect(restatementsOf(reading, "en")[0]?.figures).toMatchObject([
    {
      metric: "estimated_cost_saved",
      was: { formatted: "¥30.00" },
      is: { formatted: "€15.00" },
      reasons: ["currency_changed"],
    },
  ]);
});
