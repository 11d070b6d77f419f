import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { changeSettings } from "../../../collector-receiver/src/upkeep/change-settings.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { seedSettings } from "../stats/seed-counters.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";

const world = shareTestIngest();
const day = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
/** A Thursday: days of three months, and weeks that lie in two of them. */
const firstMs = Date.UTC(2026, 0, 29);
let tenants = 0;

test("a cost from a past day on, or corrected, moves days, weeks and months as if it had always been so; sealed ones too", async () => {
  const client = await openWriterConnection(world.database.connectionString);
  onTestFinished(() => client.end());
  const change = fc.record({ from: fc.integer({ min: -3, max: 40 }), cents: fc.integer({ min: 0, max: 5000 }) });
  const sessions = fc.array(fc.integer({ min: 0, max: 36 }), { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(
      sessions,
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (days, costs, sealed) => {
        const tenantId = `cost-${++tenants}`;
        const { pool, connectionString } = world.database;
        await seedSettings(pool, tenantId, { timezone: "UTC", idleThrough: "2026-12-01T00:00:00Z" });
        await pool.query("insert into analytics_costs values ($1, '0001-01-01', 10)", [tenantId]);
        const events = days.flatMap((offset, i) => {
          const of = { tenantId, sessionId: `s-${i}`, occurredAtMs: firstMs + offset * day + i };
          return [
            makeEvent({ ...of, name: "session.start" }),
            makeEvent({ ...of, name: "session.message", attributes: { role: "ai" } }),
          ];
        });
        await world.ingest.submit(requestOf(events), 1000);
        if (sealed)
          await pool.query("update analytics_settings set retained_from = '2026-03-01' where tenant_id = $1", [
            tenantId,
          ]);
        for (const { from, cents } of costs) {
          const cost = { from: dayOf(firstMs + from * day), value: String(cents / 100) };
          expect(await changeSettings(client, tenantId, { cost })).toEqual({ needsRebuild: false });
        }
        // In cents: the latest cost of the latest start up to the day.
        const costOn = (offset: number): number => {
          const valid = costs.filter(({ from }) => from <= offset);
          const latest = Math.max(...valid.map(({ from }) => from));
          return valid.findLast(({ from }) => from === latest)?.cents ?? 1000;
        };
        const { rows } = await pool.query<{ period_type: string; period_value: string; cents: string }>(
          "select period_type, period_value, (estimated_cost_saved * 100)::text as cents from analytics_business_metrics where tenant_id = $1",
          [tenantId],
        );
        const total = (type: string, value?: string): number =>
          rows
            .filter((row) => row.period_type === type && (value === undefined || row.period_value === value))
            .reduce((sum, { cents }) => sum + Math.round(Number(cents)), 0);
        for (const offset of new Set(days)) {
          const count = days.filter((other) => other === offset).length;
          expect(total("day", dayOf(firstMs + offset * day))).toBe(count * costOn(offset));
        }
        const all = days.reduce((sum, offset) => sum + costOn(offset), 0);
        expect([total("day"), total("week"), total("month")]).toEqual([all, all, all]);
        for (const month of ["2026-01", "2026-02", "2026-03"]) {
          const own = days.filter((offset) => dayOf(firstMs + offset * day).startsWith(month));
          expect(total("month", month)).toBe(own.reduce((sum, offset) => sum + costOn(offset), 0));
        }
        expect(await verifyTenant(connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
        const { rows: audited } = await pool.query("select from analytics_audit where tenant_id = $1", [tenantId]);
        expect(audited).toHaveLength(costs.length);
      },
    ),
    { numRuns: 20 },
  );
}, 300_000);
