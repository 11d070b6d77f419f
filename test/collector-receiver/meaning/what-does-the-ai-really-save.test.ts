import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder, removeFolder } from "../../sdk/fresh-folder.ts";
import { spanledger } from "../cli/run-cli.ts";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

/** A conversation that the AI resolves, with a call of a model; its manual handling would have cost ¥10. */
const resolved = (id: string, call: Record<string, string | number | boolean>): Told[] => [
  ["09:00:00", "session.start", { session_id: id }],
  ["09:00:01", "ai.call", { session_id: id, ...call }],
  ["09:00:05", "session.message", { session_id: id, role: "ai" }],
  ["09:01:00", "session.end", { session_id: id, reason: "resolved" }],
];

async function openCosts() {
  const { tell, october, receiver } = await openScenario();
  const { url, database } = receiver;
  const prices = (...words: string[]) => spanledger({ DATABASE_URL: database.connectionString }, "prices", ...words);
  return {
    tell,
    prices,
    database,
    async costs(): Promise<any> {
      // Prices move nothing that is stored.
      await october();
      return (await fetch(`${url}/api/analytics/ai-costs?month=2025-10&locale=en`)).json();
    },
  };
}

const mini = { model: "gpt-5-mini", provider: "openai", duration_ms: 1000 };

test("spend and net saving follow the prices, for past days too, and nothing is counted anew", async () => {
  const { tell, prices, costs, database } = await openCosts();
  expect(await costs()).toMatchObject({ ai_calls: 0, ai_spend: null, net_saved: null, at_least: false, models: [] });
  await tell(
    ...resolved("s-1", { ...mini, input_tokens: 1_000_000, cached_input_tokens: 400_000, output_tokens: 100_000 }),
    ...resolved("s-2", { ...mini, input_tokens: 200_000, output_tokens: 0, first_token_ms: 300 }),
  );
  expect(await costs()).toMatchObject({ ai_calls: 2, ai_spend: null, unpriced_tokens: 1_300_000, at_least: true });
  const set = await prices("set", "--model", "gpt-5*", "--input", "2", "--cached-input", "0.5", "--output", "8");
  expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining("in CNY for a million tokens") });
  // 0.8 × 2 + 0.4 × 0.5 + 0.1 × 8 = 2.6, of ¥20.
  expect(await costs()).toMatchObject({
    ai_input_tokens: 1_200_000,
    ai_cached_input_tokens: 400_000,
    ai_output_tokens: 100_000,
    ai_spend: 2.6,
    at_least: false,
    unpriced_tokens: 0,
    spend_per_session: 1.3,
    spend_per_ai_resolved_session: 1.3,
    estimated_cost_saved: 20,
    net_saved: 17.4,
    return_on_spend: 7.692308,
    call_time: { p50_ms: expect.closeTo(1000, -2) },
    first_token_time: { p90_ms: expect.closeTo(300, -1) },
    models: [{ provider: "openai", model: "gpt-5-mini", service_tier: "", ai_calls: 2, ai_spend: 2.6 }],
  });
  // Money that is stored cannot be called by another name; with a rate, prices are converted with the savings.
  const settings = (...words: string[]) =>
    spanledger({ DATABASE_URL: database.connectionString }, "settings", "--tenant", "default", ...words);
  const converted = await settings("--currency", "USD", "--rate", "0.5");
  expect([converted.code, converted.stderr]).toEqual([0, ""]);
  expect(await costs()).toMatchObject({ currency: "USD", ai_spend: 1.3, estimated_cost_saved: 10, net_saved: 8.7 });
  expect((await settings("--currency", "CNY", "--rate", "2")).code).toBe(0);
  const before = await database.pool.query("select revision from analytics_business_metrics order by 1");
  await prices("set", "--model", "gpt-5-mini", "--input", "4", "--output", "8", "--from", "2025-10-13");
  // Nobody knows what a cached token costs by that price.
  expect(await costs()).toMatchObject({ ai_spend: 4, unpriced_tokens: 400_000, at_least: true, net_saved: 16 });
  const removed = await prices("remove", "--model", "gpt-5-mini", "--from", "2025-10-13");
  expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("Removed") });
  expect((await prices("remove", "--model", "gpt-5-mini", "--from", "2025-10-13")).code).toBe(1);
  expect(await costs()).toMatchObject({ ai_spend: 2.6 });
  expect(await database.pool.query("select revision from analytics_business_metrics order by 1")).toMatchObject({
    rows: before.rows,
  });
  const { rows } = await database.pool.query(
    "select details ->> 'what' as what from analytics_audit where action = 'prices' order by performed_at",
  );
  expect(rows.map(({ what }) => what)).toEqual(["set", "set", "remove"]);
});

test("a file of prices is imported whole or not at all, converted once, and can be listed as such a file", async () => {
  const { tell, prices, costs } = await openCosts();
  await tell(...resolved("s-1", { ...mini, service_tier: "flex", input_tokens: 1_000_000, output_tokens: 1_000_000 }));
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  const file = join(folder, "prices.json");
  const write = (...given: object[]) => writeFileSync(file, JSON.stringify({ prices: given }));
  const flex = { provider: "OpenAI", model: "gpt-5*", service_tier: "flex", input: 0.125, output: "1" };
  write(flex, { model: "gpt-5*", input: -1 });
  const refused = await prices("import", file);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/price 2: input is -1.*\[invalid_arguments\]/s),
  });
  expect(await prices("list")).toMatchObject({ code: 0, stdout: expect.stringContaining("No prices are stored") });
  write(flex, { model: "*", input: 100, valid_from: "2025-01-01" });
  expect(await prices("import", file, "--rate", "7.2")).toMatchObject({ code: 0 });
  expect(await costs()).toMatchObject({ ai_spend: 8.1, at_least: false, net_saved: 1.9 });
  const listed = JSON.parse((await prices("list", "--json")).stdout);
  expect(listed.prices).toEqual([
    { model: "*", valid_from: "2025-01-01", input: "720" },
    { ...flex, valid_from: "0001-01-01", input: "0.9", output: "7.2" },
  ]);
  writeFileSync(file, JSON.stringify(listed));
  expect(await prices("import", file)).toMatchObject({ code: 0 });
  expect(await costs()).toMatchObject({ ai_spend: 8.1 });
});

test.each([
  [["set", "--model", "m"], /--input/],
  [["set", "--model", " ", "--input", "1"], /model is missing/],
  [["set", "--model", "m", "--input", "1", "--tenant", "nobody"], /There is no tenant "nobody"/],
  [["import", "/nowhere.json"], /cannot be read as JSON/],
  [["import", "/nowhere.json", "--rate", "0"], /rate/],
] as const)("%j is refused with what to do", async (words, message) => {
  const { prices } = await openCosts();
  const outcome = await prices(...words);
  expect(outcome.code).not.toBe(0);
  expect(outcome.stderr).toMatch(message);
});

test("the example of prices can be imported", async () => {
  const { tell, prices } = await openCosts();
  await tell(...resolved("s-1", mini));
  expect(await prices("import", "examples/model-prices.json")).toMatchObject({ code: 0 });
});

test("tokens that nobody tells, or that are unclear, make the spend a lower bound; a failed call does not", async () => {
  const { tell, prices, costs } = await openCosts();
  await tell(...resolved("s-0", mini));
  await prices("set", "--model", "*", "--input", "1", "--cached-input", "1", "--output", "1");
  expect(await costs()).toMatchObject({ ai_spend: null, calls_without_usage: 1, at_least: true });
  await tell(["10:00:00", "ai.call", { ...mini, error: true }]);
  expect(await costs()).toMatchObject({ failed_calls: 1, calls_without_usage: 1, calls_without_session: 1 });
  await tell(["10:00:00", "ai.call", { ...mini, input_tokens: 5, cached_input_tokens: 1_000_000 }]);
  expect(await costs()).toMatchObject({ ai_spend: 1, at_least: true });
});
