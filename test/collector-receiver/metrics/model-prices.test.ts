import fc from "fast-check";
import { expect, test } from "vitest";
import { findPrice, foldPriceWord, spendOf } from "../../../collector-receiver/src/metrics/model-prices.ts";
import type { ModelPrice, TokenUse } from "../../../collector-receiver/src/metrics/model-prices.ts";

const price = (model: string, over: Partial<ModelPrice> = {}): ModelPrice => ({
  provider: "",
  model,
  serviceTier: "",
  validFrom: "0001-01-01",
  input: "1",
  cachedInput: null,
  cacheWrite: null,
  output: "2",
  ...over,
});
const use = (model: string, over: Partial<TokenUse> = {}): TokenUse => ({
  day: "2026-03-10",
  provider: "openai",
  model,
  serviceTier: "",
  uncached: "0",
  cacheRead: "0",
  cacheWrite: "0",
  output: "0",
  ...over,
});

test.each<[string, TokenUse, readonly ModelPrice[], number | undefined]>([
  ["the exact name before a pattern", use("gpt-5"), [price("gpt-5*"), price("gpt-5"), price("*")], 1],
  ["the pattern that says most", use("gpt-5-mini-2026"), [price("*"), price("gpt-5*"), price("gpt-5-mini*")], 2],
  ["case and blanks do not matter", use(" GPT-5 "), [price("Gpt-5")], 0],
  ["a fine-tuned model by its base", use("ft:gpt-4o:acme::a1"), [price("gpt-4o"), price("ft:gpt-4o")], 1],
  ["the provider that is named", use("m"), [price("m"), price("m", { provider: "OpenAI" })], 1],
  ["not another provider's", use("m"), [price("m", { provider: "azure" })], undefined],
  ["the tier that is named", use("m", { serviceTier: "flex" }), [price("m"), price("m", { serviceTier: "Flex" })], 1],
  ["not another tier's", use("m"), [price("m", { serviceTier: "flex" })], undefined],
  ["the latest up to the day", use("m"), [price("m", { validFrom: "2026-03-10" }), price("m")], 0],
  ["not one that begins later", use("m"), [price("m", { validFrom: "2026-03-11" }), price("m")], 1],
  ["a name beats a later pattern", use("m"), [price("m"), price("*", { validFrom: "2026-01-01" })], 0],
  ["nothing that does not match", use("gpt-4"), [price("gpt-5*"), price("pt-4"), price("gpt-4o")], undefined],
])("finds %s", (_what, used, prices, index) => {
  const expected = index === undefined ? undefined : prices[index];
  expect(findPrice(prices, used)).toBe(expected);
  expect(findPrice(prices.toReversed(), used)).toBe(expected);
});

test("a pattern matches as a regular expression would", () => {
  const pieces = fc.array(fc.constantFrom("a", "b", "*", "*", "."), { maxLength: 6 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(pieces, fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 4 }), (pattern, name) => {
      const source = pattern.split("*").map((part) => part.replaceAll(".", String.raw`\.`));
      const expected = new RegExp(`^${source.join(".*")}$`).test(name);
      expect(findPrice([price(pattern)], use(name)) !== undefined).toBe(expected);
    }),
    { numRuns: 5000 },
  );
});

test("spend is exact, and what has no price is named", () => {
  const tokens = fc.integer({ min: 0, max: 2_000_000_000 }).map(String);
  const cents = fc.option(fc.integer({ min: 0, max: 1_000_000 }));
  fc.assert(
    fc.property(
      fc.record({ uncached: tokens, cacheRead: tokens, cacheWrite: tokens, output: tokens }),
      fc.record({ cachedInput: cents, cacheWrite: cents, output: cents }),
      (used, priced) => {
        const decimal = (of: number | null): string | null => (of === null ? null : (of / 10_000).toFixed(4));
        const { amount, unpriced, isPriced } = spendOf(
          use("m", used),
          price("m", {
            input: "0.0123",
            cachedInput: decimal(priced.cachedInput),
            cacheWrite: decimal(priced.cacheWrite),
            output: decimal(priced.output),
          }),
        );
        const kinds = [
          [used.uncached, 123],
          [used.cacheRead, priced.cachedInput],
          [used.cacheWrite, priced.cacheWrite],
          [used.output, priced.output],
        ] as const;
        const sum = kinds.reduce((total, [count, each]) => total + BigInt(count) * BigInt(each ?? 0), 0n);
        expect(amount.numerator * 10_000_000_000n).toBe(sum * amount.denominator);
        const without = kinds.filter(([, each]) => each === null);
        expect(unpriced).toBe(without.reduce((total, [count]) => total + BigInt(count), 0n));
        expect(isPriced).toBe(kinds.some(([count, each]) => count !== "0" && each !== null));
      },
    ),
  );
  expect(spendOf(use("m", { output: "7" }), undefined)).toMatchObject({ unpriced: 7n, isPriced: false });
  expect(foldPriceWord(foldPriceWord("ft:A:b"))).toBe("ft:a");
});
