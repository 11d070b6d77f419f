import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

type Call = Record<string, string | number | boolean>;

/** A conversation that the AI resolves with one call of a model. */
const resolved = (id: string, call: Call, day = "2025-10-13"): Told[] => [
  [`${day} 09:00:00`, "session.start", { session_id: id }],
  [`${day} 09:00:01`, "ai.call", { session_id: id, ...call }],
  [`${day} 09:00:05`, "session.message", { session_id: id, role: "ai" }],
  [`${day} 09:01:00`, "session.end", { session_id: id, reason: "resolved" }],
];

const mini = { model: "gpt-5-mini", provider: "openai", duration_ms: 1000, first_token_ms: 200 };
const money = ["ai_spend", "net_saved", "ai_return", "ai_spend_per_session", "ai_spend_per_ai_resolved_session"];

async function openCosts() {
  const { tell, receiver, october } = await openScenario();
  const { url, database } = receiver;
  return {
    tell,
    october,
    database,
    price: (model: string, input: number, output: number | null) =>
      database.pool.query(
        `insert into analytics_model_prices (tenant_id, provider, model, service_tier, valid_from, input, output)
        values ('default', '', $1, '', '0001-01-01', $2, $3)`,
        [model, input, output],
      ),
    get: async (path: string): Promise<any> => (await fetch(`${url}${path}`)).json(),
    text: async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text(),
  };
}

test("without calls no document, page or file speaks of them", async () => {
  const { tell, get, text, october } = await openCosts();
  await tell(["09:00:00", "session.start", { session_id: "s-1" }]);
  const { document, of } = await october();
  expect(Object.keys(of).filter((key) => /^ai_(calls|spend|input)|net_saved/.test(key))).toEqual([]);
  expect(Object.keys(document.ai_chatbot)).toEqual(Object.keys(document.highlights));
  expect(document.ai_chatbot).not.toHaveProperty("ai_spend");
  expect(await text("/report?month=2025-10&lang=en")).not.toContain('id="models"');
  expect(await text("/report.csv?month=2025-10&lang=en")).not.toContain("ai_spend");
  const { points } = await get("/api/analytics/timeseries?metric=ai_calls&from=2025-10&to=2025-10&by=month");
  expect(points).toMatchObject([{ value: 0 }]);
});

test("spend and net saving are the same in case study, summary, series, page, CSV and story", async () => {
  const { tell, price, get, text, october } = await openCosts();
  await price("gpt-5-mini", 2, 8);
  await tell(
    ...resolved("s-0", { ...mini, input_tokens: 500_000, output_tokens: 0 }, "2025-09-10"),
    ...resolved("s-1", { ...mini, input_tokens: 1_000_000, output_tokens: 100_000 }),
    ...resolved("s-2", { ...mini, input_tokens: 600_000, output_tokens: 25_000 }, "2025-10-20"),
    ["2025-10-20 10:00:00", "ai.call", { ...mini, error: true, duration_ms: 3000 }],
  );
  const { document, of, text: said } = await october();
  // 1.6 × 2 + 0.125 × 8 = 4.2, of ¥20.
  expect(document.ai_chatbot).toMatchObject({
    ai_calls: 3,
    ai_input_tokens: 1_600_000,
    ai_cached_input_tokens: 0,
    ai_output_tokens: 125_000,
    ai_spend: "¥4.20",
    net_saved: "¥15.80",
  });
  expect(document.highlights).toEqual(document.ai_chatbot);
  expect(of).toMatchObject({
    ai_spend: 4.2,
    net_saved: 15.8,
    ai_return: 4.761905,
    ai_spend_per_session: 2.1,
    ai_spend_per_ai_resolved_session: 2.1,
    ai_failed_calls: 1,
    ai_call_error_rate: 33.333333,
    ai_calls_without_session: 1,
  });
  expect(of["ai_call_time_p50_ms"]).toBeCloseTo(1000, -2);
  expect(of["ai_call_time_p90_ms"]).toBeCloseTo(3000, -3);
  expect(of["ai_first_token_p50_ms"]).toBeCloseTo(200, -1);
  expect(document.metrics.net_saved).toMatchObject({ estimate: true, previous: { value: 9 } });
  expect(document.metrics.net_saved).not.toHaveProperty("bound");
  expect(document.metrics.ai_spend.change).toMatchObject({ direction: "up" });
  expect(document.story).toContain("Its 3 calls of models cost ¥4.20; net of that, the estimate saved is ¥15.80.");
  const chinese = await get("/api/analytics/case-study?month=2025-10&locale=zh-CN");
  expect(chinese.story).toContain("模型调用 3 次，花费 ¥4.20，扣除后估算净节省 ¥15.80。");
  const summary = await get("/api/analytics/summary?month=2025-10");
  expect(summary.current).toMatchObject({ ai_spend: 4.2, net_saved: 15.8, ai_calls: 3 });
  expect(summary.previous).toMatchObject({ ai_spend: 1, net_saved: 9, ai_calls: 1 });
  const costs = await get("/api/analytics/ai-costs?month=2025-10");
  expect(costs).toMatchObject({ ai_spend: 4.2, net_saved: 15.8, ai_calls: 3 });
  for (const by of ["day", "week", "month", "quarter", "year"]) {
    for (const metric of [...money.slice(0, 2), "ai_calls", "ai_input_tokens"]) {
      const path = `/api/analytics/timeseries?metric=${metric}&from=2025-10-01&to=2025-10-31&by=${by}`;
      const { points } = await get(path);
      const total = points.reduce((sum: number, { value }: { value: number }) => sum + value, 0);
      // The quarter and the year have nothing else than these, and September's only in the year.
      const isYear = by === "year";
      const expected = (of[metric] as number) + (isYear ? (summary.previous[metric] as number) : 0);
      expect([by, metric, Number(total.toFixed(6))]).toEqual([by, metric, expected]);
    }
  }
  const median = await get("/api/analytics/timeseries?metric=ai_call_time_p50_ms&from=2025-10&to=2025-10&by=month");
  expect(median.points[0].value).toBe(of["ai_call_time_p50_ms"]);
  const page = await text("/report?month=2025-10&lang=en");
  for (const part of ["What the AI costs", ">¥4.20<", ">¥15.80<", 'id="models"', "openai · gpt-5-mini"])
    expect(page).toContain(part);
  // On the first screen, beside what was saved.
  expect(page).toContain('<p class="aside">¥15.80 after ¥4.20 for AI calls</p>');
  expect(await text("/report?month=2025-10&lang=zh-CN")).toContain("扣除 AI 花费 ¥4.20 后净省 ¥15.80");
  const csv = (await text("/report.csv?month=2025-10&lang=en")).split(/\r?\n/);
  expect(csv).toContainEqual(expect.stringMatching(/^2025-10,ai_spend,,4\.2,CNY,/));
  expect(csv).toContainEqual(expect.stringMatching(/^2025-10,ai_spend,model=openai\/gpt-5-mini\/,4\.2,/));
  expect(csv).toContainEqual(expect.stringMatching(/^2025-10,ai_input_tokens,model=openai\/gpt-5-mini\/,1600000,/));
  expect(said["ai_spend_per_session"]).toContain("2.1");
});

test("a model without a price is named even if 200 others are called more often", async () => {
  const { database, price, get } = await openCosts();
  await price("listed-*", 1, 1);
  await database.pool.query(
    `insert into analytics_ai_tokens (tenant_id, day, provider, model, service_tier, calls, output_tokens)
     select 'default', '2025-10-10', 'own', 'listed-' || n, '', 2, 10 from generate_series(1, 200) as n
     union all values ('default', '2025-10-10'::date, 'own', 'rare', '', 1, 7)`,
  );
  // Counters alone: no event is behind them.
  const document = await get("/api/analytics/case-study?month=2025-10&locale=en");
  expect(document.notes).toContainEqual({
    code: "ai_tokens_unpriced",
    count: 7,
    message: expect.stringContaining("There is no price for rare: 7 tokens"),
  });
});

test("a bound is called one: in words, in the data, and what has no price is named", async () => {
  const { tell, price, get, text, october } = await openCosts();
  await tell(...resolved("s-1", { ...mini, input_tokens: 1_000_000, output_tokens: 1 }));
  let { document, of } = await october();
  expect(of).toMatchObject({ ai_calls: 1, ai_spend: null, net_saved: null, ai_return: null });
  expect(document.ai_chatbot).toMatchObject({ ai_spend: "—", net_saved: "—" });
  expect(document.notes).toContainEqual({
    code: "ai_tokens_unpriced",
    count: 1_000_001,
    message: expect.stringContaining("There is no price for gpt-5-mini: 1,000,001 tokens"),
  });
  await price("gpt-5-mini", 2, null);
  ({ document, of } = await october());
  expect(document.metrics).toMatchObject({
    ai_spend: { value: 2, bound: "at_least", formatted: "at least ¥2.00", not_compared: "incomplete", change: null },
    net_saved: { value: 8, bound: "at_most", formatted: "at most ¥8.00" },
    ai_return: { value: 5, bound: "at_most" },
    ai_spend_per_session: { bound: "at_least" },
  });
  expect(document.metrics.ai_calls).not.toHaveProperty("bound");
  expect(document.metrics.ai_input_tokens).not.toHaveProperty("bound");
  expect(await text("/report?month=2025-10&lang=en")).toContain("at most ¥8.00 after at least ¥2.00 for AI calls");
  const chinese = await get("/api/analytics/case-study?month=2025-10&locale=zh-CN");
  expect(chinese.ai_chatbot).toMatchObject({ ai_spend: "至少 ¥2.00", net_saved: "至多 ¥8.00" });
  expect(chinese.story).toContain("花费至少 ¥2.00，扣除后估算净节省至多 ¥8.00");
  const { points } = await get("/api/analytics/timeseries?metric=ai_spend&from=2025-10&to=2025-10&by=month");
  expect(points).toMatchObject([{ value: 2, bound: "at_least" }]);
  expect(await text("/report?month=2025-10&lang=en")).toContain("at least ¥2.00");
  await tell(["11:00:00", "ai.call", mini]);
  ({ document } = await october());
  expect(document.metrics.ai_input_tokens).toMatchObject({ bound: "at_least" });
  expect(document.metrics.ai_calls).not.toHaveProperty("bound");
  expect(document.notes).toContainEqual(expect.objectContaining({ code: "ai_calls_without_usage", count: 1 }));
  await tell(["11:00:00", "ai.call", { ...mini, input_tokens: 1, output_tokens: 1, sampled: true }]);
  ({ document } = await october());
  expect(document.metrics.ai_calls).toMatchObject({ bound: "at_least", formatted: "at least 3" });
  expect(document.notes).toContainEqual(expect.objectContaining({ code: "ai_calls_sampled", count: 1 }));
});

test("a shared copy withholds what rests on few calls or conversations", async () => {
  const { tell, price, text } = await openCosts();
  await price("*", 2, 8);
  const many = Array.from({ length: 12 }, (_, i) =>
    resolved(`s-${i}`, { ...mini, input_tokens: 1_000_000, output_tokens: 0 }),
  ).flat();
  await tell(...many, ["11:00:00", "ai.call", { model: "rare", input_tokens: 500_000, output_tokens: 0 }]);
  const preview = await text("/report/share/preview?month=2025-10&lang=en&least=10");
  expect(preview).toContain("¥25.00");
  // What is left of 13 calls would be the one of the rare model.
  const byModel = preview.slice(preview.indexOf('id="models"')).split("</figure>")[0];
  expect(byModel).toContain("Withheld");
  for (const part of ["rare", "gpt-5-mini", ">12<", ">13<"]) expect(byModel).not.toContain(part);
  await tell(...Array.from({ length: 9 }, (): Told => ["12:00:00", "ai.call", { model: "second", input_tokens: 1 }]));
  const more = await text("/report/share/preview?month=2025-10&lang=en&least=10");
  const shown = more.slice(more.indexOf('id="models"')).split("</figure>")[0];
  for (const part of ["gpt-5-mini", ">12<", "2 more", ">10<"]) expect(shown).toContain(part);
  for (const part of ["rare", "second", ">9<"]) expect(shown).not.toContain(part);
});

test("a conversation says what its calls cost, by the prices of their days", async () => {
  const { tell, price, get, text, database } = await openCosts();
  await tell(
    ...resolved("s-1", { ...mini, input_tokens: 60_000, cached_input_tokens: 10_000, output_tokens: 2_500 }),
    ["2025-10-14 08:00:00", "ai.call", { ...mini, model: "GPT-5-mini", session_id: "s-1", input_tokens: 1000 }],
    ...resolved("s-2", { model: "tiny", input_tokens: 1000, output_tokens: 100 }),
    ["09:00:00", "session.start", { session_id: "s-3" }],
  );
  const costOf = async (id: string) => (await get(`/api/analytics/sessions/${id}`)).ai_cost;
  const page = (id: string, lang: string) => text(`/report/sessions/${id}?lang=${lang}`);
  expect(await costOf("s-3")).toBeNull();
  expect(await page("s-3", "en")).not.toContain("AI spend");
  expect(await costOf("s-1")).toEqual({ calls: 2, spend: null, currency: "CNY", at_least: true });
  expect(await page("s-1", "en")).toContain("No price is stored (2 calls)");
  await price("gpt-5-mini", 2, 8);
  await price("tiny", 0.1, 0.4);
  // 0.05 × 2 + 0.0025 × 8 + 0.001 × 2; 10,000 tokens of a cache have no price.
  expect(await costOf("s-1")).toEqual({ calls: 2, spend: 0.122, currency: "CNY", at_least: true });
  expect(await page("s-1", "en")).toContain("This conversation cost at least ¥0.12 (2 calls)");
  await database.pool.query("update analytics_model_prices set cached_input = 0.2 where model = 'gpt-5-mini'");
  expect(await costOf("s-1")).toEqual({ calls: 2, spend: 0.124, currency: "CNY", at_least: false });
  expect(await page("s-1", "en")).toContain("This conversation cost ¥0.12 (2 calls)");
  expect(await page("s-1", "zh-CN")).toContain("此会话花费 ¥0.12（模型调用 2 次）");
  await database.pool.query(
    "insert into analytics_model_prices (tenant_id, provider, model, service_tier, valid_from, input, output) values ('default', '', 'gpt-5-mini', '', '2025-10-14', 4, 8)",
  );
  expect(await costOf("s-1")).toMatchObject({ spend: 0.126 });
  // All conversations together are what the period says.
  const { ai_spend: whole } = await get("/api/analytics/ai-costs?month=2025-10");
  expect(whole).toBeCloseTo(0.126 + 0.00014, 6);
  expect(await page("s-2", "en")).toContain("This conversation cost ¥0.00014 (1 call)");
});

test("today's calls and spend stand on the live wall, and nothing of them without calls", async () => {
  const { receiver } = await openScenario();
  const { url, database } = receiver;
  const live = async (): Promise<any> => (await fetch(`${url}/api/analytics/live`)).json();
  const wall = async () => (await fetch(`${url}/live?lang=en`)).text();
  expect((await live()).ai).toBeNull();
  expect(await wall()).not.toContain("ai_spend");
  await database.pool.query(
    "insert into analytics_ai_tokens (tenant_id, day, provider, model, service_tier, calls, uncached_tokens) select 'default', day::date, '', 'm', '', 3, 500000 from generate_series(now() - interval '2 days', now() + interval '2 days', '1 day') as day",
  );
  expect((await live()).ai).toEqual({ ai_calls: 3, ai_spend: null, currency: "CNY", at_least: true });
  await database.pool.query(
    "insert into analytics_model_prices (tenant_id, provider, model, service_tier, valid_from, input) values ('default', '', '*', '', '0001-01-01', 3)",
  );
  expect((await live()).ai).toEqual({ ai_calls: 3, ai_spend: 1.5, currency: "CNY", at_least: false });
  expect(await wall()).toMatch(/AI spend, CNY<\/h3>\s*<p class="big" data-field="ai_spend">1\.5</);
});
