import parsePrometheusTextFormat from "parse-prometheus-text-format";
import { expect, test } from "vitest";
import { hashDefinitions } from "../../../collector-receiver/src/catalogue/custom-definitions.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { ownDefinitions } from "../ingest/count-own-from-scratch.ts";
import { planCounters, seedBucket, seedDay, seedReported, seedSettings } from "./seed-counters.ts";
import { get, openStatsApp } from "./stats-app.ts";

const at = "2025-12-25T06:05:00Z";

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly { readonly value: string; readonly labels?: Readonly<Record<string, string>> }[];
}

const parse = (text: string): Family[] => parsePrometheusTextFormat(text) as Family[];

test("a scrape gives each metric of each period, as the API says it, and nothing of what is not known", async () => {
  const { pool } = await useTestDatabase();
  const tenant = 'brand "a"\\\n';
  await seedSettings(pool, tenant);
  await seedReported(pool, tenant, "2025-12-25", "session.start", "agent.login");
  await seedDay(pool, tenant, "2025-12-25", planCounters);
  await seedDay(pool, tenant, "2025-12-24", { total_sessions: 3, ai_resolved_sessions: 1 });
  await seedDay(pool, tenant, "2025-11-30", { total_sessions: 50 });
  await seedBucket(pool, tenant, "2025-12-25", "response_time", 100, 40);
  await pool.query(
    "update analytics_settings set custom_definitions = $2, custom_definitions_hash = $3 where tenant_id = $1",
    [tenant, JSON.stringify(ownDefinitions), hashDefinitions(ownDefinitions)],
  );
  await pool.query("insert into analytics_custom_counters values ($1, '2025-12-25', 'acme_events', 'plus', 4, 0)", [
    tenant,
  ]);
  const app = await openStatsApp(pool, at);
  const scraped = await app.inject({ url: "/api/analytics/prometheus?lang=en", headers: { "x-tenant": tenant } });
  expect(scraped.headers["content-type"]).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  expect(scraped.body.endsWith("\n# EOF\n") || scraped.body.endsWith("\n# EOF")).toBe(true);
  const families = parse(scraped.body);
  expect(new Set(families.map(({ type }) => type))).toEqual(new Set(["GAUGE"]));
  const samples = new Map(
    families.flatMap(({ name, metrics }) =>
      metrics.map(({ value, labels }) => [`${name} ${labels?.["period"]} ${labels?.["group"] ?? ""}`, Number(value)]),
    ),
  );
  const periods = {
    today: "period=2025-12-25",
    yesterday: "period=2025-12-24",
    week: "period=2025-W52",
    month: "month=2025-12",
    last_month: "month=2025-11",
  };
  for (const [period, query] of Object.entries(periods)) {
    const { current } = (await get(app, `summary?${query}`, tenant)).body;
    for (const [key, value] of Object.entries<number | null>(current)) {
      expect(samples.get(`spanledger_business_${key} ${period} `) ?? null, `${key} ${period}`).toBe(value);
    }
  }
  expect(samples.get("spanledger_business_total_sessions yesterday ")).toBe(3);
  expect(samples.get("spanledger_business_total_sessions last_month ")).toBe(50);
  expect(samples.get("spanledger_business_response_time_p50_ms today ")).toBeGreaterThan(0);
  expect(samples.has("spanledger_business_response_time_p50_ms yesterday ")).toBe(false);
  expect(samples.get("spanledger_own_acme_events month plus")).toBe(4);
  expect(samples.get("spanledger_business_period_start_timestamp_seconds today ")).toBe(
    Date.parse("2025-12-24T16:00:00Z") / 1000,
  );
  const nobody = await app.inject({ url: "/api/analytics/prometheus", headers: { "x-tenant": "nobody" } });
  expect(parse(nobody.body).flatMap(({ name }) => (/business_total|own/.test(name) ? [name] : []))).toEqual([]);
  await app.close();
});

test("a scrape needs the token of its tenant", async () => {
  const { url } = await startTestReceiver({ READ_TOKENS: "default:a-token-of-more-than-24-characters" });
  const ask = (headers: Record<string, string>) => fetch(`${url}/api/analytics/prometheus`, { headers });
  expect((await ask({})).status).toBe(401);
  const answer = await ask({ authorization: "Bearer a-token-of-more-than-24-characters" });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('spanledger_business_as_of_timestamp_seconds{tenant="default"}');
});
