import { add, fractionOf, multiply, zero } from "./exact-fraction.ts";
import type { Fraction } from "./exact-fraction.ts";

/** What a million tokens of each kind cost from a business day on, in the tenant's currency, as decimal text. */
export interface ModelPrice {
  /** Empty: any. */
  readonly provider: string;
  /** The model's name; `*` stands for any text. */
  readonly model: string;
  /** Empty: any. */
  readonly serviceTier: string;
  /** `YYYY-MM-DD` */
  readonly validFrom: string;
  readonly input: string;
  /** Null: not known, as those that follow. */
  readonly cachedInput: string | null;
  readonly cacheWrite: string | null;
  readonly output: string | null;
}

/** Tokens of calls of one model on one business day; counts as PostgreSQL gives them. */
export interface TokenUse {
  readonly day: string;
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly uncached: string;
  readonly cacheRead: string;
  readonly cacheWrite: string;
  readonly output: string;
}

/** What some use cost. */
export interface Spend {
  /** Exact; of the tokens that have a price. */
  readonly amount: Fraction;
  /** Tokens without a price. */
  readonly unpriced: bigint;
  /** Some tokens had a price. */
  readonly isPriced: boolean;
}

const perMillion: Fraction = { numerator: 1n, denominator: 1_000_000n };
const fineTuned = /^ft:[^:]+/u;

/** A word of a price as it is compared: without case; a fine-tuned model by its base, `ft:gpt-4o`. */
export function foldPriceWord(word: string): string {
  const folded = word.trim().toLowerCase();
  return fineTuned.exec(folded)?.[0] ?? folded;
}

/**
 * The price of a model on a day. Of several that fit, the one whose name says most counts, then one that names the provider, then
 * one that names the service tier, then the latest.
 */
export function findPrice(
  prices: readonly ModelPrice[],
  { day, provider, model, serviceTier }: Pick<TokenUse, "day" | "provider" | "model" | "serviceTier">,
): ModelPrice | undefined {
  const fitsWord = (priced: string, word: string): boolean =>
    priced === "" || foldPriceWord(priced) === foldPriceWord(word);
  const name = foldPriceWord(model);
  const fitting = prices.filter(
    (price) =>
      price.validFrom <= day &&
      fitsWord(price.provider, provider) &&
      fitsWord(price.serviceTier, serviceTier) &&
      matchesModel(price.model, name),
  );
  return fitting.reduce<ModelPrice | undefined>(
    (best, price) => (best === undefined || isMoreExact(price, best) ? price : best),
    undefined,
  );
}

function matchesModel(pattern: string, name: string): boolean {
  const parts = foldPriceWord(pattern).split("*");
  const [first = ""] = parts;
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return name === first;
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false;
  // The earliest place for each part leaves most to those behind it.
  let from = first.length;
  const end = name.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

function isMoreExact(a: ModelPrice, b: ModelPrice): boolean {
  const ranks = ({ provider, model, serviceTier, validFrom }: ModelPrice) => [
    model.includes("*") ? 0 : 1,
    model.replaceAll("*", "").length,
    provider === "" ? 0 : 1,
    serviceTier === "" ? 0 : 1,
    validFrom,
  ];
  const ofB = ranks(b);
  for (const [i, rank] of ranks(a).entries()) if (rank !== ofB[i]) return rank > (ofB[i] as typeof rank);
  return false;
}

/** What some use cost, exactly: nothing is rounded. */
export function spendOf(use: TokenUse, price: ModelPrice | undefined): Spend {
  const kinds = [
    [use.uncached, price?.input],
    [use.cacheRead, price?.cachedInput],
    [use.cacheWrite, price?.cacheWrite],
    [use.output, price?.output],
  ] as const;
  let amount = zero;
  let unpriced = 0n;
  let isPriced = false;
  for (const [tokens, each] of kinds) {
    if (tokens === "0") continue;
    if (each === undefined || each === null) unpriced += BigInt(tokens);
    else {
      isPriced = true;
      amount = add(amount, multiply(multiply(fractionOf(tokens), fractionOf(each)), perMillion));
    }
  }
  return { amount, unpriced, isPriced };
}
