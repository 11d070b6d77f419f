import { InvalidArgumentError } from "commander";
import { parseDuration } from "../config/parse-duration.ts";

/** Reads a whole number within bounds. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const wanted = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It has to be a whole number ${wanted}.`);
  };
}

/** Reads a duration such as `24h`, as seconds within bounds. */
export function duration(min: string, max: string, example: string): (text: string) => number {
  const bounds = [min, max].map((bound) => parseDuration(bound) ?? 0) as [number, number];
  return (text) => {
    const seconds = parseDuration(text) ?? Number.NaN;
    if (seconds >= bounds[0] && seconds <= bounds[1]) return seconds;
    throw new InvalidArgumentError(`It has to be a duration from ${min} to ${max}, such as ${example}.`);
  };
}

/** An amount of money as its decimal text: it is never a floating-point number. */
export function amount(text: string): string {
  if (/^\d{1,12}(?:\.\d{1,6})?$/.test(text)) return text;
  throw new InvalidArgumentError("It has to be a decimal number such as 10 or 12.50.");
}

/** A number above 0 with at most six decimals. */
export function decimal(text: string): number {
  if (/^\d{1,9}(?:\.\d{1,6})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It has to be a decimal number above 0, such as 20 or 2.5.");
}

/** A rate of exchange as its decimal text. */
export function exchangeRate(text: string): string {
  if (/^\d{1,9}(?:\.\d{1,9})?$/.test(text) && Number(text) > 0) return text;
  throw new InvalidArgumentError("It has to be a decimal number above 0, such as 0.1385.");
}

/** A day of the calendar, `2026-01-31`. */
export function day(text: string): string {
  if (isDay(text)) return text;
  throw new InvalidArgumentError("It has to be a day, YYYY-MM-DD.");
}

/** Date.parse takes 31 February for 3 March. */
export function isDay(text: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/**
 * What commander says of wrong options, in the form of our other errors.
 * @param text `error: unknown option '--tenat'\n(Did you mean --tenant?)\n`
 */
export function describeWrongOptions(text: string): string {
  const sentence = text
    .replace(/^error: /, "")
    .replaceAll(/\s+/g, " ")
    .trim();
  return `spanledger: ${/[.?)]$/.test(sentence) ? sentence : `${sentence}.`} [invalid_arguments]\n`;
}
