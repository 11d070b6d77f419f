/**
 * Exact arithmetic on the decimal strings that PostgreSQL gives for `bigint` and `numeric`: a rate is
 * a fraction of two integers until the moment it is shown, so that it is rounded once.
 */

export interface Fraction {
  readonly numerator: bigint;
  /** Always above 0. */
  readonly denominator: bigint;
}

const decimalPattern = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * The fraction that a plain decimal stands for: "8.25" is 825/100.
 * @throws RangeError if the text is not a plain decimal (exponents and NaN are not)
 */
export function fractionOf(decimal: string): Fraction {
  const match = decimalPattern.exec(decimal);
  if (match === null) {
    throw new RangeError(`"${decimal}" is not a plain decimal; pass a value such as "12" or "8.25"`);
  }
  const [, sign, whole = "0", decimals = ""] = match;
  const magnitude = BigInt(whole + decimals);
  return {
    numerator: sign === "-" ? -magnitude : magnitude,
    denominator: 10n ** BigInt(decimals.length),
  };
}

export const zero: Fraction = { numerator: 0n, denominator: 1n };

export function add(a: Fraction, b: Fraction): Fraction {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { numerator: -b.numerator, denominator: b.denominator });
}

export function multiply(a: Fraction, factor: Fraction): Fraction {
  return {
    numerator: a.numerator * factor.numerator,
    denominator: a.denominator * factor.denominator,
  };
}

/** a / b, or null if b is 0: a rate without a denominator is not a number. */
export function divide(a: Fraction, b: Fraction): Fraction | null {
  if (b.numerator === 0n) return null;
  const sign = b.numerator < 0n ? -1n : 1n;
  return {
    numerator: a.numerator * b.denominator * sign,
    denominator: a.denominator * b.numerator * sign,
  };
}

/**
 * The decimal text with `digits` decimals, rounded half up on the exact fraction (halves away from 0
 * below 0, as PostgreSQL's `round(numeric)` does), always with all its decimals: (1/8, 2) is "0.13".
 */
export function roundHalfUp(value: Fraction, digits: number): string {
  const negative = value.numerator < 0n;
  const scaled = (negative ? -value.numerator : value.numerator) * 10n ** BigInt(digits);
  const rounded = (scaled * 2n + value.denominator) / (value.denominator * 2n);
  const text = String(rounded).padStart(digits + 1, "0");
  const sign = negative && rounded !== 0n ? "-" : "";
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** For JSON: rounded half up to 6 decimals, then the nearest double. */
export function toNumber(value: Fraction): number {
  return Number(roundHalfUp(value, 6));
}
