import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pino } from "pino";
import { loadConfig } from "../../collector-receiver/src/config/load-config.ts";
import { businessCalendarOf } from "../../collector-receiver/src/metrics/business-calendar.ts";
import { checkTimezones } from "../../collector-receiver/src/operating/doctor/check-timezones.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { startReceiver, type Receiver } from "../../collector-receiver/src/start-receiver.ts";
import { migrateDatabase } from "../../collector-receiver/src/storage/schema/migrate-database.ts";
import { retentionStart } from "../../collector-receiver/src/upkeep/apply-retention.ts";
import { findRedisServer } from "../../deploy/setup/find-redis-server.ts";
import { boardQueries } from "../dashboards/read-queries.ts";
import { runQuery } from "../dashboards/run-query.ts";
import { describeWith } from "../support/describe-with.ts";
import { openTestRedis } from "../support/open-test-redis.ts";
import { tracesWith } from "../support/otlp-json.ts";
import { pdfShows } from "../support/pdf-shows.ts";
import { startPostgresWithTimezones } from "../support/postgres-with-timezones.ts";

// PostgreSQL's timezone database says something else than Node's, and all who show a day show the same one.

const hourMs = 3_600_000;
/** What PostgreSQL takes each of them for. CET it knows by itself as an abbreviation, without summer time. */
const zones = { "Asia/Shanghai": "Asia/Tokyo", "America/Edmonton": "Pacific/Kiritimati", "Africa/Casablanca": null };
const tenants = [...Object.keys(zones), "CET"].map((zone) => ({ tenantId: zone.replace("/", "-"), zone }));
/** Conversations and rejected events in the hour before July begins, and in the hour after. */
const [sessionsBefore, sessionsAfter, rejectedBefore, rejectedAfter] = [41, 137, 2, 3];

const startOf = (zone: string, day: string): number => businessCalendarOf(zone).startOfDay(day);
const julyOf = (zone: string) => ({ fromMs: startOf(zone, "2026-07-01"), toMs: startOf(zone, "2026-08-01") - 1 });
const tokenOf = (tenantId: string): string => `reads-${tenantId}-and-nothing-else`;
const redisSource = await findRedisServer();

let server: Awaited<ReturnType<typeof startPostgresWithTimezones>>;
let redis: Awaited<ReturnType<typeof openTestRedis>> | undefined;
let receiver: Receiver;
let pool: pg.Pool;

beforeAll(async () => {
  server = await startPostgresWithTimezones(zones);
  redis = redisSource === undefined ? undefined : await openTestRedis(redisSource);
  await migrateDatabase(server.connectionString);
  pool = new pg.Pool({ connectionString: server.connectionString });
  // A pool's end does not wait for its connections' ends: PostgreSQL may stop before them.
  pool.on("connect", (client) => client.on("error", () => {}));
  for (const { tenantId, zone } of tenants) {
    await pool.query(
      `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules)
        values ($1, $2, 'CNY', 60, now(), 2)`,
      [tenantId, zone],
    );
  }
  const environment = {
    PORT: "0",
    DATABASE_URL: server.connectionString,
    READ_TOKENS: tenants.map(({ tenantId }) => `${tenantId}:${tokenOf(tenantId)}`).join(","),
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  };
  receiver = await startReceiver(loadConfig(environment), pino({ level: "silent" }));
  for (const { tenantId, zone } of tenants) await record(tenantId, startOf(zone, "2026-07-01"));
}, 180_000);

afterAll(async () => {
  await receiver?.close();
  await pool?.end();
  await redis?.stop();
  await server?.stop();
});

async function record(tenantId: string, monthMs: number): Promise<void> {
  const spread = (count: number, fromMs: number): number[] =>
    Array.from({ length: count }, (_, place) => fromMs + Math.floor((place * hourMs) / count));
  const starts = [...spread(sessionsBefore, monthMs - hourMs), ...spread(sessionsAfter, monthMs), Date.now()];
  const rejected = [...spread(rejectedBefore, monthMs - hourMs), ...spread(rejectedAfter, monthMs)];
  const body = tracesWith(
    [
      ...starts.map((atMs, place) => ({ name: "session.start", attributes: { session_id: `s-${place}` }, atMs })),
      ...rejected.map((atMs) => ({ name: "session.start", attributes: { session_id: -1, user_id: `${atMs}` }, atMs })),
    ],
    { resource: { "service.name": "test", "spanledger.tenant": tenantId } },
  );
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  // Before rejections are moved to other days than those on which they were counted.
  expect(await verifyTenant(server.connectionString, tenantId)).toMatchObject({ drifts: 0 });
  await pool.query(
    `update analytics_rejected_events set rejected_at = to_timestamp(new.ms / 1000) from (
        select content_hash, ($2::float8[])[row_number() over (order by content_hash)] as ms
        from analytics_rejected_events where tenant_id = $1) as new
      where tenant_id = $1 and analytics_rejected_events.content_hash = new.content_hash`,
    [tenantId, rejected],
  );
}

/** A page or document of one tenant. */
async function read(path: string, tenantId: string): Promise<Response> {
  const headers = { authorization: `Bearer ${tokenOf(tenantId)}` };
  const response = await fetch(`${receiver.url}${path}`, { headers });
  expect(response.status, path).toBe(200);
  return response;
}

async function ask(title: string, format: string, range: { fromMs: number; toMs: number }, tenant: string) {
  const query = boardQueries.find(
    (each) => each.language === "en" && each.format === format && each.panel?.title === title,
  );
  if (query === undefined) throw new Error(`no panel "${title}"`);
  return (await runQuery(pool as unknown as pg.ClientBase, query, range, { tenant })).rows;
}

describe.each(tenants)("in $zone", ({ tenantId, zone }) => {
  test("the API counts by Node's days", async () => {
    const study: any = await (await read("/api/analytics/case-study?month=2026-07", tenantId)).json();
    expect(study.metrics.total_sessions).toMatchObject({ value: sessionsAfter, previous: { value: sessionsBefore } });
    const path = "/api/analytics/timeseries?metric=total_sessions&from=2026-06-30&to=2026-07-01&period=day";
    const series: any = await (await read(path, tenantId)).json();
    expect(series.points.map((point: any) => point.value)).toEqual([sessionsBefore, sessionsAfter]);
  });

  test("so do the page, the CSV and the PDF", async () => {
    expect(await (await read("/report?month=2026-07&lang=en", tenantId)).text()).toContain(`>${sessionsAfter}<`);
    const csv = await (await read("/report.csv?month=2026-07&lang=en", tenantId)).text();
    expect(csv.split("\r\n").find((line) => line.includes(",total_sessions,"))).toContain(`,${sessionsAfter},`);
    const pdf = Buffer.from(await (await read("/report.pdf?month=2026-07&lang=en", tenantId)).arrayBuffer());
    expect(pdfShows(pdf, String(sessionsAfter))).toBe(true);
    expect(pdfShows(pdf, String(sessionsAfter + sessionsBefore))).toBe(false);
  });

  test("so does Grafana, whose browser may have yet another timezone database", async () => {
    const { fromMs, toMs } = julyOf(zone);
    const study: any = await (await read("/api/analytics/case-study?month=2026-07", tenantId)).json();
    for (const shiftMs of [0, hourMs, -hourMs, hourMs / 2]) {
      const range = { fromMs: fromMs + shiftMs, toMs: toMs + shiftMs };
      const [figure] = await ask("Conversations", "table", range, tenantId);
      expect(figure, `${shiftMs} ms`).toEqual([sessionsAfter, study.metrics.total_sessions.change.value]);
    }
    const days = { fromMs: startOf(zone, "2026-06-30"), toMs: startOf(zone, "2026-07-02") - 1 };
    // The line below the conversations, the first of the overview.
    const series = await ask("By day", "time_series", days, tenantId);
    expect(series.map(([time]) => (time as Date).getTime())).toEqual([
      startOf(zone, "2026-06-30"),
      startOf(zone, "2026-07-01"),
    ]);
    expect(series.map((row) => row[1])).toEqual([sessionsBefore, sessionsAfter]);
    const rejections = await ask("Rejected by day and reason", "time_series", days, tenantId);
    expect(rejections.map((row) => row[2])).toEqual([rejectedBefore, rejectedAfter]);
  });

  test("retention keeps the same months", async () => {
    const { rows } = await pool.query("select spanledger_latest_retained_from($1) as from, now() as now", [zone]);
    expect(rows[0].from.getTime()).toBe(retentionStart(zone, 1, rows[0].now.getTime()));
  });
});

test("doctor names what differs, and says whose days count", async () => {
  const client = await pool.connect();
  const [outcome, text] = await checkTimezones(client as unknown as pg.Client, "UTC");
  client.release();
  expect(outcome).toBe("warning");
  for (const { zone } of tenants)
    expect(text).toMatch(new RegExp(`${zone}(?: from 20|, which PostgreSQL does not have)`));
  expect(text).toContain("all go by Node's");
});

describeWith("redis-server (npm run setup)", redisSource, () => {
  test.for(tenants)("Redis has today under Node's day in $zone", async ({ tenantId, zone }) => {
    const keyOf = (): string => `analytics:${tenantId}:daily:${businessCalendarOf(zone).dayOf(Date.now())}`;
    // The day may end meanwhile.
    const firstKey = keyOf();
    const read = async (): Promise<unknown[]> => {
      const ofFirst = await redis?.client.hget(firstKey, "total_sessions");
      return [ofFirst, await redis?.client.hget(keyOf(), "total_sessions")];
    };
    await expect.poll(read, { timeout: 30_000 }).toContain("1");
  });
});
