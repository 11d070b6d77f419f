/**
 * Fractions become integers once, before anything is added, so that sums do not depend on order.
 */

/**
 * `value` × 10^`digits`, rounded half up on the exact decimal that JavaScript and PostgreSQL print for
 * the number: 1.005 with 2 digits is 101, not 100 as binary arithmetic would have it.
 * @param value finite, 0 or more
 */
export function toScaledInteger(value: number, digits: number): number {
  if (Number.isInteger(value)) return value * 10 ** digits;
  const text = String(value);
  const exponentAt = text.indexOf("e");
  const mantissa = exponentAt < 0 ? text : text.slice(0, exponentAt);
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1));
  const pointAt = mantissa.indexOf(".");
  const significant = pointAt < 0 ? mantissa : mantissa.slice(0, pointAt) + mantissa.slice(pointAt + 1);
  const decimals = pointAt < 0 ? 0 : mantissa.length - pointAt - 1;
  /** How many of the significant digits stand before the decimal point of the result. */
  const kept = significant.length - decimals + exponent + digits;
  if (kept < 0) return 0;
  const whole = Number(significant.slice(0, kept).padEnd(kept, "0") || "0");
  return (significant.charCodeAt(kept) || 48) >= 53 ? whole + 1 : whole;
}

/** The decimal text of `scaled` / 10^`digits`: (-1234, 3) is "-1.234". */
export function fromScaledInteger(scaled: number, digits: number): string {
  if (digits === 0) return String(scaled);
  const sign = scaled < 0 ? "-" : "";
  const text = String(Math.abs(scaled)).padStart(digits + 1, "0");
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
