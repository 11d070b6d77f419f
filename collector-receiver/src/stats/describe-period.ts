/** Periods and instants in words, by `Intl`, in the business timezone. */
import type { Locale } from "../metrics/format-metric.ts";
import type { DayRange } from "./report-period.ts";

/** A business day is a date already: read as UTC midnight and written in UTC it stays that date. */
const utc = (day: string): number => Date.parse(`${day}T00:00:00Z`);

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

/** "2025年12月", "December 2025", or the days: "2025年12月1日至2025年12月10日". */
export function describePeriod(range: DayRange & { readonly month: string | null }, locale: Locale): string {
  if (range.month !== null) {
    return formatOf(locale, { timeZone: "UTC", year: "numeric", month: "long" }).format(utc(range.startDate));
  }
  const format = formatOf(locale, {
    timeZone: "UTC",
    year: "numeric",
    month: "long",
    day: "numeric",
  });
  const [start, end] = [utc(range.startDate), utc(range.endDate)];
  if (start === end) return format.format(start);
  // Intl's Chinese range pattern falls back to 2025/12/1, hence the two ends by themselves.
  return locale === "zh-CN" ? `${format.format(start)}至${format.format(end)}` : format.formatRange(start, end);
}

/** "12月20日 14:05", "December 20 at 14:05". */
export function describeInstant(ms: number, timezone: string, locale: Locale): string {
  return formatOf(locale, {
    timeZone: timezone,
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(ms);
}
