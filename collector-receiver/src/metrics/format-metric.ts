/** Numbers as text, by `Intl`, from exact fractions: rounded here once, so that Intl never rounds. */
import { divide, fractionOf, multiply, roundHalfUp } from "./exact-fraction.ts";
import type { Fraction } from "./exact-fraction.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import type { MetricDisplay, TimeUnit } from "./metric-definition.ts";

export type Locale = "zh-CN" | "en";
export const locales: readonly Locale[] = ["zh-CN", "en"];
/** Stands in place of a number that is not known. */
const noNumber = "—";

const unitMs: Readonly<Record<TimeUnit, bigint>> = {
  millisecond: 1n,
  second: 1000n,
  minute: 60_000n,
  hour: 3_600_000n,
};
const smaller: Readonly<Record<TimeUnit, TimeUnit | null>> = {
  hour: "minute",
  minute: "second",
  second: "millisecond",
  millisecond: null,
};
const msInUnit: Readonly<Partial<Record<MetricUnit, bigint>>> = {
  ms: 1n,
  s: 1000n,
  min: 60_000n,
  h: 3_600_000n,
};

const formats = new Map<string, Intl.NumberFormat>();

/** Making a NumberFormat costs about 50 µs, formatting one or two: they are kept. */
function formatOf(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

const exactly = (digits: number): Intl.NumberFormatOptions => ({
  minimumFractionDigits: digits,
  maximumFractionDigits: digits,
});

/** Intl takes decimal text without a detour through a double. It writes a hyphen for a minus. */
function formatText(format: Intl.NumberFormat, decimal: string): string {
  return format.format(decimal as Intl.StringNumericLiteral).replace("-", "\u2212");
}

function withoutTrailingZeros(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}

function decimalsOf(decimal: string): number {
  const at = decimal.indexOf(".");
  return at < 0 ? 0 : decimal.length - at - 1;
}

/** 5420 as "5,420". */
export function formatCount(value: number | string, locale: Locale): string {
  return formatText(formatOf(locale, exactly(0)), String(value));
}

/**
 * A metric's value as people read it.
 * @param value in the metric's unit; null is "—"
 * @param currency ISO 4217, for money
 */
export function formatMetric(
  value: Fraction | null,
  unit: MetricUnit,
  display: MetricDisplay,
  locale: Locale,
  currency: string,
): string {
  if (value !== null && display.style === "currency") return formatMoney(value, display, locale, currency);
  if (value === null || display.style !== "duration") return formatPlanned(value, unit, display, locale, currency);
  const ms = multiply(value, { numerator: msInUnit[unit] ?? 1n, denominator: 1n });
  return display.isTotal === true ? formatInUnit(ms, display, locale, true) : formatSpan(ms, locale);
}

/** As `formatMetric`, with the fixed units of the plan's documents: "1.5秒", "8分钟", "4小时". */
export function formatPlanned(
  value: Fraction | null,
  unit: MetricUnit,
  display: MetricDisplay,
  locale: Locale,
  currency: string,
): string {
  if (value === null) return noNumber;
  switch (display.style) {
    case "percent":
      return formatPercent(value, display.digits, locale);
    case "currency":
      return formatCurrency(value, display.digits, locale, currency);
    case "number": {
      const text = withoutTrailingZeros(roundHalfUp(value, display.digits));
      return formatText(formatOf(locale, exactly(decimalsOf(text))), text);
    }
    case "duration": {
      const ms = multiply(value, { numerator: msInUnit[unit] ?? 1n, denominator: 1n });
      return formatInUnit(ms, display, locale, false);
    }
  }
}

function formatCurrency(value: Fraction, digits: number, locale: Locale, currency: string): string {
  return formatText(
    formatOf(locale, { style: "currency", currency, ...exactly(digits), ...symbolOf(currency) }),
    roundHalfUp(value, digits),
  );
}

/** From this amount on, money is written as its metric says; below, with the currency's decimals, two at most. */
const largeAmount = 100;

function formatMoney(
  value: Fraction,
  { digits, isWhole }: Extract<MetricDisplay, { style: "currency" }>,
  locale: Locale,
  currency: string,
): string {
  const { maximumFractionDigits: ofCurrency = 2 } = formatOf(locale, { style: "currency", currency }).resolvedOptions();
  const small = Math.max(digits, Math.min(2, ofCurrency));
  // Judged as it would read, so that 99.999 is "¥100" and not "¥100.00".
  const isSmall = isWhole !== true && Math.abs(Number(roundHalfUp(value, small))) < largeAmount;
  return formatCurrency(value, isSmall ? small : digits, locale, currency);
}

/** ¥ in both languages for the yuan, which Intl writes as CN¥ in English; the yen keeps a symbol of its own in Chinese. */
function symbolOf(currency: string): Intl.NumberFormatOptions {
  return currency === "CNY" ? { currencyDisplay: "narrowSymbol" } : {};
}

/** Percent, 0 to 100, with exactly `digits` decimals; `signed` writes a plus. */
export function formatPercent(value: Fraction, digits: number, locale: Locale, signed = false): string {
  // Rounded as percent, then moved by two places: Intl's percent style multiplies by 100.
  const rounded = fractionOf(roundHalfUp(value, digits));
  const share = divide(rounded, { numerator: 100n, denominator: 1n }) as Fraction;
  return formatText(
    formatOf(locale, {
      style: "percent",
      ...exactly(digits),
      ...(signed ? { signDisplay: "exceptZero" } : {}),
    }),
    roundHalfUp(share, digits + 2),
  );
}

/** A plain number with a sign and exactly `digits` decimals: "+1.2". */
export function formatSigned(value: Fraction, digits: number, locale: Locale): string {
  return formatText(formatOf(locale, { ...exactly(digits), signDisplay: "exceptZero" }), roundHalfUp(value, digits));
}

/** @param hasSymbols true: "4 h" in English as spans have it; false: "4 hr" as Intl writes it */
function formatInUnit(
  ms: Fraction,
  display: Extract<MetricDisplay, { style: "duration" }>,
  locale: Locale,
  hasSymbols: boolean,
): string {
  let unit = display.unit;
  let digits = display.digits;
  let keepZero = display.keepZero === true;
  let text = roundHalfUp(inUnit(ms, unit), digits);
  // Judged as it would read, so that 59.99 seconds are "1分钟" and not "60秒".
  const tooSmall = (shown: number): boolean => (display.staysInUnit ? shown === 0 : shown < 1);
  while (ms.numerator !== 0n && tooSmall(Number(text))) {
    const next = smaller[unit];
    if (next === null) break;
    unit = next;
    digits = next === "millisecond" ? 0 : 1;
    keepZero = false;
    text = roundHalfUp(inUnit(ms, unit), digits);
  }
  if (!keepZero) text = withoutTrailingZeros(text);
  return formatUnit(text, unit, locale, hasSymbols);
}

/** Units of a span of time from the largest on, each with the count of it from which on it is used. */
const spanUnits = [
  { unit: "day", ms: 86_400_000n, from: 2 },
  { unit: "hour", ms: 3_600_000n, from: 1 },
  { unit: "minute", ms: 60_000n, from: 1 },
  { unit: "second", ms: 1000n, from: 0.1 },
  { unit: "millisecond", ms: 1n, from: 0 },
] as const;
type SpanUnit = (typeof spanUnits)[number]["unit"];
/** In English, symbols: Intl writes "sec" and "hr". */
const symbols: Readonly<Partial<Record<SpanUnit, string>>> = {
  hour: "h",
  minute: "min",
  second: "s",
  millisecond: "ms",
};

/**
 * A span of time in the unit in which it reads best, with two digits: "0.4 s", "26 s", "7.5 min", "3.2 h", "5 days".
 * @param ms not negative
 */
export function formatSpan(ms: Fraction, locale: Locale): string {
  const shown = spanUnits.map(({ unit, ms: size, from }) => {
    const value = { numerator: ms.numerator, denominator: ms.denominator * size };
    const tenths = roundHalfUp(value, 1);
    const text = withoutTrailingZeros(Number(tenths) < 10 ? tenths : roundHalfUp(value, 0));
    return { unit, text, fits: Number(text) >= from };
  });
  const zero = { unit: "second", text: "0" } as const;
  // Judged as it would read, so that 59.9 seconds are "1 min".
  const { unit, text } = ms.numerator === 0n ? zero : (shown.find(({ fits }) => fits) ?? zero);
  return formatUnit(text, unit, locale);
}

/**
 * A number of a unit of time: "1.5 s", "1.5秒".
 * @param text a decimal number, whose digits are kept
 */
export function formatUnit(text: string, unit: SpanUnit, locale: Locale, hasSymbols = true): string {
  const digits = exactly(decimalsOf(text));
  const symbol = hasSymbols && locale === "en" ? symbols[unit] : undefined;
  return symbol === undefined
    ? formatText(formatOf(locale, { style: "unit", unit, unitDisplay: "short", ...digits }), text)
    : `${formatText(formatOf(locale, digits), text)} ${symbol}`;
}

function inUnit(ms: Fraction, unit: TimeUnit): Fraction {
  return { numerator: ms.numerator, denominator: ms.denominator * unitMs[unit] };
}
