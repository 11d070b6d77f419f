import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { flush, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { expect, onTestFinished, test } from "vitest";
import { rebuildTenant } from "../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { loadDefinitions } from "../../collector-receiver/src/catalogue/load-definitions.ts";
import { reservedMetricKeys } from "../../collector-receiver/src/metrics/reserved-metric-keys.ts";
import { boardDefaults } from "../../dashboards/board-context.ts";
import { generateDashboards } from "../../dashboards/generate-dashboards.ts";
import { buildBookings } from "../../examples/own-metrics/src/app.ts";
import { queriesOf, readBoard } from "../dashboards/read-queries.ts";
import { runQuery } from "../dashboards/run-query.ts";
import { startTestReceiver } from "../support/start-test-receiver.ts";
import { tracesWith } from "../support/otlp-json.ts";

const example = join(import.meta.dirname, "../../examples/own-metrics");
const plainFile = join(example, "spanledger.config.ts");
const fullFile = join(example, "every-kind.config.ts");

/** Today in the default timezone, as the receiver and the dashboards know it. */
const businessDay = (ms: number): string => new Date(ms).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });

test("a product's own events and metrics: recorded, counted, shown everywhere, and backfilled when added later", async () => {
  const full = await loadDefinitions(fullFile, reservedMetricKeys);
  const first = await startTestReceiver({ SPANLEDGER_CONFIG: plainFile });
  const { database } = first;

  startBusinessEvents({ serviceName: "bookings", endpoint: first.url, batchDelayMs: 10 });
  onTestFinished(async () => void (await shutdown()));
  const app = buildBookings();
  onTestFinished(() => app.close());
  const book = async (channel: string, more: object = {}): Promise<string> => {
    const meal_at = new Date(Date.now() + 5 * 3_600_000).toISOString();
    const payload = { guests: 2, channel, deposit: 10.25, meal_at, ...more };
    const answer = await app.inject({ method: "POST", url: "/bookings", payload });
    expect(answer.statusCode, answer.body).toBe(201);
    return answer.json().id;
  };
  const ids = [await book("web"), await book("phone", { guests: 6 }), await book("assistant", { session_id: "s-1" })];
  expect((await app.inject({ method: "DELETE", url: `/bookings/${ids[0]}` })).statusCode).toBe(204);
  const late = { guests: 2, channel: "web", deposit: 0, meal_at: "2020-01-02T18:00:00Z" };
  const refused = await app.inject({ method: "POST", url: "/bookings", payload: late });
  expect([refused.statusCode, refused.json().error.code]).toEqual([422, "meal_in_the_past"]);
  await flush();
  const get = async (url: string, path: string): Promise<any> => (await fetch(`${url}${path}`)).json();
  const byKey = async (url: string): Promise<Record<string, any>> => {
    const document = await get(url, "/api/analytics/custom?lang=en");
    return Object.fromEntries(document.metrics.map((metric: any) => [metric.key, metric]));
  };
  expect(Object.keys(await byKey(first.url))).toEqual(["bookings", "cancellations", "cancelled", "guests"]);
  await first.close();

  const second = await startTestReceiver({ SPANLEDGER_CONFIG: fullFile, PORT: new URL(first.url).port }, database);
  const added = ["assisted_sessions", "deposits", "lead_time"];
  expect(second.log.find(({ metrics }) => metrics !== undefined)).toMatchObject({ level: 40, metrics: added });
  await book("assistant", { session_id: "s-1", guests: 3 });
  await book("carrier pigeon", { session_id: "s-2" });
  await flush();
  const since = await byKey(second.url);
  expect(since["deposits"]).toMatchObject({ value: 20.5, counted_since: expect.any(String) });
  expect(since["bookings"]).toMatchObject({ value: 5, counted_since: null });
  const before = await verifyTenant(database.connectionString, "default");
  expect(before.pendingMetrics.map(({ metric }) => metric)).toEqual(added);
  expect(before.drifts).toBeGreaterThan(0);
  await rebuildTenant(database.connectionString, "default");
  const after = await verifyTenant(database.connectionString, "default");
  expect(after).toMatchObject({ drifts: 0, pendingMetrics: [], events: 6 });

  const metrics = await byKey(second.url);
  expect(metrics["bookings"]).toMatchObject({
    value: 5,
    group_by: "channel",
    groups: [
      { group: "web", value: 1 },
      { group: "phone", value: 1 },
      { group: "assistant", value: 2 },
      { group: "other", value: 1 },
    ],
  });
  expect(metrics["guests"]).toMatchObject({ value: 15, unit: "count" });
  expect(metrics["deposits"]).toMatchObject({ value: 51.25, formatted: "¥51.25" });
  expect(metrics["cancelled"]).toMatchObject({ value: 20, numerator: 1, denominator: 5, formatted: "20.0%" });
  expect(metrics["party_size"]).toMatchObject({ value: 3, numerator: 15, denominator: 5, unit: "ratio" });
  expect(metrics["complaints"]).toMatchObject({ value: 0, groups: [{ group: "customer_request", value: 0 }, {}, {}] });
  expect(metrics["assisted_sessions"]).toMatchObject({ value: 1, counted_since: null });
  expect(metrics["lead_time_p50_ms"].value).toBeGreaterThan(4.9 * 3_600_000);
  expect(metrics["lead_time_p50_ms"].groups.map(({ denominator }: any) => denominator)).toEqual([1, 1, 2, 1]);

  const series = await get(second.url, "/api/analytics/timeseries?metric=bookings&group=assistant&period=month");
  expect(series.points).toEqual([expect.objectContaining({ value: 2 })]);
  const rate = await get(second.url, "/api/analytics/timeseries?metric=cancelled&period=month");
  expect(rate.points).toEqual([expect.objectContaining({ value: 20 })]);
  const wrong = await get(second.url, "/api/analytics/timeseries?metric=bookings&group=pigeon");
  expect(wrong.error).toMatchObject({ code: "invalid_parameter", parameter: "group" });
  const { metrics: dictionary } = await get(second.url, "/api/analytics/metrics?lang=en");
  expect(dictionary.find(({ key }: any) => key === "bookings")).toMatchObject({
    group: "custom",
    name: "Bookings",
    formula: "count(booking.confirmed)",
    groups: ["web", "phone", "assistant", "other"],
  });
  const { events } = await get(second.url, "/api/analytics/events");
  expect(events.at(-2)).toMatchObject({ name: "booking.confirmed", custom: true });
  const page = await (await fetch(`${second.url}/report?lang=en`)).text();
  expect(page).toContain("Your own metrics");
  expect(page).toMatch(/id="own-deposits"[\s\S]*¥51\.25/);

  // What is wrong with an own event is said as it is for one of the catalogue.
  const rejected = await fetch(`${second.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tracesWith([
      {
        name: "booking.confirmed",
        attributes: { channel: "web", "spanledger.event.id": randomUUID() },
        atMs: Date.now(),
      },
    ]),
  });
  expect(await rejected.json()).toMatchObject({ partialSuccess: { errorMessage: expect.stringContaining("guests") } });
  const { rows } = await database.pool.query("select code from analytics_rejected_events");
  expect(rows).toEqual([{ code: "missing_attribute" }]);

  await checkDashboard(database.pool, metrics);

  async function checkDashboard(pool: typeof database.pool, shown: Record<string, any>): Promise<void> {
    const board = generateDashboards(boardDefaults, full).find(({ path }) => path === "en/own-metrics.json");
    if (board === undefined) throw new Error("no dashboard was generated");
    const today = businessDay(Date.now());
    const fromMs = Date.parse(`${today.slice(0, 7)}-01T00:00:00+08:00`);
    const [year, month] = today.split("-").map(Number) as [number, number];
    const range = {
      fromMs,
      toMs: Date.parse(`${new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)}T00:00:00+08:00`) - 1,
    };
    const reader = await pool.connect();
    onTestFinished(() => reader.release(true));
    await reader.query("set role spanledger_reader");
    const figures: Record<string, unknown> = {};
    // Annotations are texts; test/dashboards asks for them.
    for (const query of queriesOf(readBoard(board)).filter(({ kind }) => kind !== "annotation")) {
      const { columns, rows } = await runQuery(reader, query, range, { tenant: "default" });
      expect(
        columns.slice(1).every(({ type }) => type === "float8" || query.kind === "variable"),
        query.where,
      ).toBe(true);
      if (query.panel?.type === "stat") columns.forEach(({ name }, at) => (figures[name] ??= rows[0]?.[at]));
      if (query.format === "time_series") {
        expect(columns[0], query.where).toEqual({ name: "time", type: "timestamptz" });
        expect(rows.length, query.where).toBe(Number(today.slice(8)));
        if (query.where.endsWith("Bookings by day")) expect(rows.at(-1)?.slice(1)).toEqual([1, 1, 2, 1]);
      }
    }
    for (const { key, name, value } of Object.values(shown)) {
      expect(figures[name], key).toBeCloseTo(value, 3);
    }
  }
});

test("twenty lines of config are enough", () => {
  const lines = readFileSync(plainFile, "utf8").trimEnd().split("\n");
  const from = lines.findIndex((line) => line.startsWith("export default"));
  expect(lines.length - from).toBeLessThanOrEqual(20);
  expect(lines.every((line) => line.length <= 120)).toBe(true);
});
