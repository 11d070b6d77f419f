import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { readAiModels, readAiUse } from "../../../collector-receiver/src/stats/sql/read-ai-spend.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { propertyRuns } from "../../support/property-runs.ts";

/** A price of a million tokens; a word that is empty fits any. */
interface Price {
  readonly provider: string;
  readonly model: string;
  readonly tier: string;
  readonly from: string;
  readonly input: string;
  readonly cachedInput: string | null;
  readonly cacheWrite: string | null;
  readonly output: string | null;
}

interface Used {
  readonly day: string;
  readonly provider: string;
  readonly model: string;
  readonly tier: string;
  /** Uncached, read from and written to a cache, output. */
  readonly tokens: readonly [number, number, number, number];
}

const price = (model: string, over: Partial<Price> = {}): Price => ({
  provider: "",
  model,
  tier: "",
  from: "0001-01-01",
  input: "1",
  cachedInput: null,
  cacheWrite: null,
  output: "2",
  ...over,
});
const use = (model: string, over: Partial<Used> = {}): Used => ({
  day: "2026-03-10",
  provider: "openai",
  model,
  tier: "",
  tokens: [1_000_000, 0, 0, 0],
  ...over,
});

let database: TestDatabase;
let tenants = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});

/** Stores prices and use for a tenant of their own. */
async function store(prices: readonly Price[], used: readonly Used[]): Promise<string> {
  const tenant = `tenant-${++tenants}`;
  for (const { provider, model, tier, from, input, cachedInput, cacheWrite, output } of prices) {
    await database.pool.query("insert into analytics_model_prices values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", [
      tenant,
      provider,
      model,
      tier,
      from,
      input,
      cachedInput,
      cacheWrite,
      output,
    ]);
  }
  for (const { day, provider, model, tier, tokens } of used) {
    await database.pool.query(
      `insert into analytics_ai_tokens (tenant_id, day, provider, model, service_tier, calls,
        uncached_tokens, cache_read_tokens, cache_write_tokens, output_tokens)
      values ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9)
      on conflict (tenant_id, day, provider, model, service_tier) do nothing`,
      [tenant, day, provider, model, tier, ...tokens],
    );
  }
  return tenant;
}

const year = { startDate: "2026-01-01", endDate: "2026-12-31" };

test.each<[string, Used, readonly Price[], number | undefined]>([
  ["the exact name before a pattern", use("gpt-5"), [price("gpt-5*"), price("gpt-5"), price("*")], 1],
  ["the pattern that says most", use("gpt-5-mini-2026"), [price("*"), price("gpt-5*"), price("gpt-5-mini*")], 2],
  ["case and blanks do not matter", use(" GPT-5 "), [price("Gpt-5")], 0],
  ["a fine-tuned model by its base", use("ft:gpt-4o:acme::a1"), [price("gpt-4o"), price("ft:gpt-4o")], 1],
  ["the provider that is named", use("m"), [price("m"), price("m", { provider: "OpenAI" })], 1],
  ["not another provider's", use("m"), [price("m", { provider: "azure" })], undefined],
  ["the tier that is named", use("m", { tier: "flex" }), [price("m"), price("m", { tier: "Flex" })], 1],
  ["not another tier's", use("m"), [price("m", { tier: "flex" })], undefined],
  ["the latest up to the day", use("m"), [price("m", { from: "2026-03-10" }), price("m")], 0],
  ["not one that begins later", use("m"), [price("m", { from: "2026-03-11" }), price("m")], 1],
  ["a name beats a later pattern", use("m"), [price("m"), price("*", { from: "2026-01-01" })], 0],
  ["nothing that does not match", use("gpt-4"), [price("gpt-5*"), price("pt-4"), price("gpt-4o")], undefined],
  ["signs of LIKE stand for themselves", use("a%b_c\\d"), [price("a_b%c*"), price("a%b_c\\*")], 1],
])("finds %s", async (_what, used, prices, index) => {
  for (const order of [prices, prices.toReversed()]) {
    const priced = order.map((one, place) => ({ ...one, input: String(place + 1) }));
    const tenant = await store(priced, [used]);
    const [found] = await readAiModels(database.pool, tenant, year, 1);
    const expected = index === undefined ? null : order.indexOf(prices[index] as Price) + 1;
    expect(found?.spend === null ? null : Number(found?.spend)).toBe(expected);
    expect(found?.unpriced).toBe(expected === null ? "1000000" : "0");
  }
});

/** The same rules without SQL. */
const folded = (word: string): string => {
  const lower = word.trim().toLowerCase();
  return /^ft:[^:]+/.exec(lower)?.[0] ?? lower;
};

function findPrice(prices: readonly Price[], used: Used): Price | undefined {
  const rank = ({ model, provider, tier, from }: Price): string =>
    [
      Number(!model.includes("*")),
      String(model.replaceAll("*", "").length).padStart(3, "0"),
      Number(provider !== ""),
      Number(tier !== ""),
      from,
    ].join(" ");
  const fits = (priced: string, word: string): boolean => priced === "" || folded(priced) === folded(word);
  const matches = (pattern: string): boolean => {
    const source = folded(pattern)
      .split("*")
      .map((part) =>
        part
          .replaceAll(/[.%_\\]/g, String.raw`\$&`)
          .replaceAll(String.raw`\%`, "%")
          .replaceAll(String.raw`\_`, "_"),
      );
    return new RegExp(`^${source.join(".*")}$`).test(folded(used.model));
  };
  return prices
    .filter(
      (one) =>
        one.from <= used.day && fits(one.provider, used.provider) && fits(one.tier, used.tier) && matches(one.model),
    )
    .toSorted((a, b) => (rank(a) < rank(b) ? 1 : -1))[0];
}

test("spend is exact, each day by its own price, and what has no price is named", async () => {
  const pieces = (...of: string[]) =>
    fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
  const day = fc.constantFrom("2026-03-09", "2026-03-10", "2026-03-11", "2026-04-01");
  const tier = fc.constantFrom("", "flex", "Flex");
  const provider = fc.constantFrom("", "openai", "OpenAI", "azure");
  const money = fc.integer({ min: 0, max: 10_000_000 }).map((of) => (of / 10_000).toFixed(4));
  const prices = fc.uniqueArray(
    fc.record({
      provider,
      model: pieces("a", "B", "*", "%", "_", ".", "ft:", ":"),
      tier,
      from: fc.constantFrom("0001-01-01", "2026-03-10", "2026-03-11"),
      input: money,
      cachedInput: fc.option(money),
      cacheWrite: fc.option(money),
      output: fc.option(money),
    }),
    // Two that are the same as prices compare them would both be right.
    { maxLength: 6, selector: (one) => [one.provider, one.model, one.tier].map(folded).join("\n") + one.from },
  );
  const tokens = fc.integer({ min: 0, max: 2_000_000_000 });
  const used = fc.array(
    fc.record({
      day,
      provider,
      model: pieces("a", "b", "%", "_", ".", "ft:", ":"),
      tier,
      tokens: fc.tuple(tokens, tokens, tokens, tokens),
    }),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(prices, used, async (priced, given) => {
      const keyOf = (of: Used): string => [of.day, of.provider, of.model, of.tier].join("\n");
      const rows = given.filter((one, place) => given.findIndex((other) => keyOf(other) === keyOf(one)) === place);
      const tenant = await store(priced, rows);
      // In units of 10^-10, of one token at 0.0001 a million.
      let spend = 0n;
      let unpriced = 0n;
      let isPriced = false;
      for (const row of rows) {
        const found = findPrice(priced, row);
        const each = [found?.input, found?.cachedInput, found?.cacheWrite, found?.output];
        row.tokens.forEach((count, kind) => {
          const at = each[kind] ?? null;
          if (at === null) unpriced += BigInt(count);
          else {
            spend += BigInt(count) * BigInt(at.replace(".", ""));
            isPriced ||= count > 0;
          }
        });
      }
      const [of, none] = await readAiUse(database.pool, tenant, [
        year,
        { startDate: "2025-01-01", endDate: "2025-12-31" },
      ]);
      expect(none).toBeNull();
      expect(of).toMatchObject({ calls: rows.length, unpriced: String(unpriced) });
      const exact = of?.spend == null ? null : BigInt(Number(of.spend) === 0 ? 0 : inUnits(of.spend));
      expect(exact).toBe(isPriced ? spend : null);
    }),
    { numRuns: propertyRuns(60) },
  );
});

/** "1.25" in units of 10^-10. */
function inUnits(decimal: string): string {
  const [whole = "0", part = ""] = decimal.split(".");
  expect(part.slice(10)).toMatch(/^0*$/);
  return whole + part.slice(0, 10).padEnd(10, "0");
}
