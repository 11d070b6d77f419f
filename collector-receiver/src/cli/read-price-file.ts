import { readFile } from "node:fs/promises";
import { fractionOf, multiply, roundHalfUp } from "../metrics/exact-fraction.ts";
import type { ModelPrice } from "../metrics/model-prices.ts";
import { CommandError } from "./command-error.ts";
import { isDay } from "./option-parsers.ts";

/** Before any event. */
export const fromTheBeginning = "0001-01-01";

const decimal = /^\d{1,9}(?:\.\d{1,9})?$/;
const texts = ["provider", "model", "service_tier", "valid_from"] as const;
const amounts = ["input", "cached_input", "cache_write", "output"] as const;
const maxText = 64;
const maxPrices = 10_000;

/** A price of a million tokens, or what is wrong with it. */
export function checkPrice(given: Readonly<Record<string, unknown>>, place: string): ModelPrice {
  const known: readonly string[] = [...texts, ...amounts];
  const other = Object.keys(given).find((name) => !known.includes(name));
  if (other !== undefined) throw wrong(place, `"${other}" is not known; known are ${known.join(", ")}`);
  const text = (name: (typeof texts)[number]): string => {
    const value = given[name] ?? "";
    if (typeof value !== "string") throw wrong(place, `${name} is not a text`);
    const trimmed = value.trim();
    if (trimmed.length > maxText) throw wrong(place, `${name} has more than ${maxText} characters`);
    return trimmed;
  };
  const amount = (name: (typeof amounts)[number]): string | null => {
    const value = given[name];
    if (value === undefined || value === null) return null;
    // A number of JSON is written as it stands, without an exponent.
    const written = String(value);
    if (decimal.test(written)) return written;
    throw wrong(
      place,
      `${name} is ${JSON.stringify(value)}: write a decimal number such as 0.25, for a million tokens`,
    );
  };
  const model = text("model");
  if (model === "") throw wrong(place, "model is missing: write a name, or a pattern such as gpt-5*");
  const validFrom = text("valid_from") || fromTheBeginning;
  if (!isDay(validFrom)) throw wrong(place, `valid_from is "${validFrom}", which is not a day (2026-01-31)`);
  const input = amount("input");
  if (input === null) throw wrong(place, "input is missing: the price of a million input tokens");
  return {
    provider: text("provider"),
    model,
    serviceTier: text("service_tier"),
    validFrom,
    input,
    cachedInput: amount("cached_input"),
    cacheWrite: amount("cache_write"),
    output: amount("output"),
  };
}

/**
 * Reads a file of prices: `{"prices": [{"model": "gpt-5*", "input": 1.25, …}]}`.
 * @throws CommandError if the file cannot be read, or with the first price that is wrong
 */
export async function readPriceFile(file: string): Promise<ModelPrice[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new CommandError("invalid_arguments", `${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const prices = (content as { prices?: unknown } | null)?.prices;
  if (!Array.isArray(prices) || prices.length === 0 || prices.length > maxPrices) {
    throw wrong(file, `it has to be {"prices": […]} with 1 to ${maxPrices} prices`);
  }
  return prices.map((price: unknown, i) => {
    const place = `${file}, price ${i + 1}`;
    if (typeof price !== "object" || price === null || Array.isArray(price)) throw wrong(place, "it is not an object");
    return checkPrice(price as Record<string, unknown>, place);
  });
}

/** Prices in another currency, each rounded to nine decimals once. */
export function convertPrices(prices: readonly ModelPrice[], rate: string): ModelPrice[] {
  const convert = (amount: string): string => trim(roundHalfUp(multiply(fractionOf(amount), fractionOf(rate)), 9));
  const optional = (amount: string | null): string | null => (amount === null ? null : convert(amount));
  return prices.map((price) => ({
    ...price,
    input: convert(price.input),
    cachedInput: optional(price.cachedInput),
    cacheWrite: optional(price.cacheWrite),
    output: optional(price.output),
  }));
}

const trim = (amount: string): string => amount.replace(/\.?0+$/, "") || "0";

function wrong(place: string, what: string): CommandError {
  return new CommandError("invalid_arguments", `${place}: ${what}.`);
}
