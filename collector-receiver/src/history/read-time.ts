import { NumberText } from "../mapping/write-log-record.ts";

/** A time as a source writes it. */
export type ReadTime = (value: unknown) => WrittenTime | null;

/** A written time: an instant, or what a clock showed somewhere. */
export interface WrittenTime {
  /** Milliseconds since 1970; of a local time as if it were UTC. */
  readonly ms: number;
  readonly isLocal: boolean;
}

const isoTime =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Milliseconds of a number: a division by 1000 is exact if the quotient is whole, a product with 0.001 is not. */
const unixTimes: Readonly<Record<string, (number: number) => number>> = {
  unix_s: (number) => number * 1000,
  unix_ms: (number) => number,
  unix_us: (number) => number / 1000,
};
/** Text that is a number: `0x10`, `Infinity` and an empty text are not. */
const unixNumber = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** Of a format: what it may hold, as the part of a pattern and the field that it fills. */
const tokens: Readonly<Record<string, readonly [pattern: string, field: string]>> = {
  YYYY: [String.raw`(\d{4})`, "year"],
  MM: [String.raw`(\d{1,2})`, "month"],
  M: [String.raw`(\d{1,2})`, "month"],
  DD: [String.raw`(\d{1,2})`, "day"],
  D: [String.raw`(\d{1,2})`, "day"],
  HH: [String.raw`(\d{1,2})`, "hour"],
  H: [String.raw`(\d{1,2})`, "hour"],
  hh: [String.raw`(\d{1,2})`, "hour"],
  h: [String.raw`(\d{1,2})`, "hour"],
  mm: [String.raw`(\d{2})`, "minute"],
  ss: [String.raw`(\d{2})`, "second"],
  SSS: [String.raw`(\d{1,9})`, "fraction"],
  A: [String.raw`([AP]\.?M\.?|上午|下午)`, "half"],
  Z: [String.raw`(Z|UTC|[+-]\d{2}(?::?\d{2})?)`, "offset"],
};
const token = /YYYY|MM|M|DD|D|HH|H|hh|h|mm|ss|SSS|A|Z/g;

type Fields = Readonly<Record<string, string | undefined>>;

/** What is wrong with a format of times; undefined: nothing. */
export function findFormatProblem(format: string): string | undefined {
  if (Object.hasOwn(unixTimes, format)) return undefined;
  const fields = fieldsOf(format);
  if (new Set(fields).size < fields.length) return "names a part of the time twice";
  const missing = ["year", "month", "day"].find((field) => !fields.includes(field));
  if (missing !== undefined) return `has no ${missing}`;
  return /h/.test(format) && !fields.includes("half") ? "has hours of 12 (h) and no A" : undefined;
}

/**
 * Makes a reader of times.
 * @param format undefined: ISO 8601, as `2025-12-25T10:00:00Z` or `2025-12-25 10:00:00`; else `unix_s`, `unix_ms`, `unix_us`, or a
 *   pattern such as `DD/MM/YYYY HH:mm`
 * @returns null for what is not such a time
 */
export function timeReader(format: string | undefined): ReadTime {
  const unix = format !== undefined && Object.hasOwn(unixTimes, format) ? unixTimes[format] : undefined;
  if (unix !== undefined) {
    return (value) => {
      const ms = Math.floor(unix(numberOf(value)));
      return Number.isFinite(ms) ? { ms, isLocal: false } : null;
    };
  }
  if (format === undefined) {
    const names = ["year", "month", "day", "hour", "minute", "second", "fraction", "offset"];
    return matcher(isoTime, names);
  }
  return matcher(patternOf(format), fieldsOf(format));
}

/** NaN for what is not a number: true is not 1 ms. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  const text = typeof value === "string" ? value : value instanceof NumberText ? value.text : "";
  return unixNumber.test(text) ? Number(text) : Number.NaN;
}

const fieldsOf = (format: string): string[] => (format.match(token) ?? []).map((part) => tokens[part]![1]);

function patternOf(format: string): RegExp {
  const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  let pattern = "";
  let at = 0;
  for (const match of format.matchAll(token)) {
    pattern += literal(format.slice(at, match.index)) + tokens[match[0]]![0];
    at = match.index + match[0].length;
  }
  return new RegExp(`^${pattern}${literal(format.slice(at))}$`, "i");
}

function matcher(pattern: RegExp, names: readonly string[]): ReadTime {
  return (value) => {
    const groups = typeof value === "string" ? pattern.exec(value.trim()) : null;
    if (groups === null) return null;
    return timeOf(Object.fromEntries(names.map((name, i) => [name, groups[i + 1]])));
  };
}

function timeOf(fields: Fields): WrittenTime | null {
  const number = (name: string): number => Number(fields[name] ?? 0);
  const [year, month, day] = [number("year"), number("month"), number("day")];
  const hour = hourOf(number("hour"), fields["half"]);
  const [minute, second] = [number("minute"), number("second")];
  if (hour === null || hour > 23 || minute > 59 || second > 59) return null;
  const midnight = new Date(Date.UTC(year, month - 1, day));
  // The calendar carries what is too much: 31 April would be 1 May.
  // It takes the years 0 to 99 as 1900 to 1999, and a month that is too much as one of the next year.
  if (midnight.getUTCFullYear() !== year || midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day)
    return null;
  const ms = Number((fields["fraction"] ?? "").slice(0, 3).padEnd(3, "0"));
  const written = midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  const { offset } = fields;
  return offset === undefined ? { ms: written, isLocal: true } : { ms: written - offsetMs(offset), isLocal: false };
}

/** @returns null if there is no such hour */
function hourOf(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (/^(?:p|下)/i.test(half) ? 12 : 0);
}

function offsetMs(offset: string): number {
  const [, sign, hours, minutes = "0"] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? [];
  return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
