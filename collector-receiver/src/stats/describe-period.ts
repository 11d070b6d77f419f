/** Periods and instants in words, by `Intl`, in the business timezone. */
import type { Locale } from "../metrics/format-metric.ts";
import { calendarPeriodOf, parseCalendarPeriod } from "../metrics/calendar-ranges.ts";
import type { DayRange } from "../metrics/calendar-ranges.ts";

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

/** "2025年12月", "December 2025", "Q4 2025", "2025", or the days: "2025年12月1日至2025年12月10日". */
export function describePeriod(range: DayRange, locale: Locale): string {
  const calendar = calendarPeriodOf(range);
  switch (calendar?.kind) {
    case "month":
      return formatOf(locale, { timeZone: "UTC", year: "numeric", month: "long" }).format(utc(range.startDate));
    case "quarter": {
      const [year, quarter] = [range.startDate.slice(0, 4), calendar.value.slice(-1)];
      return locale === "zh-CN" ? `${year}年第${quarter}季度` : `Q${quarter} ${year}`;
    }
    case "year":
      return locale === "zh-CN" ? `${calendar.value}年` : calendar.value;
    default:
      return describeDays(range, locale);
  }
}

/** "2025年12月" of `2025-12`. */
export function describeMonth(month: string, locale: Locale): string {
  return describePeriod(parseCalendarPeriod(month) as DayRange, locale);
}

/** The days of a range, whether or not the calendar has a name for it: "2025年12月1日至2025年12月31日". */
export function describeDays(range: DayRange, locale: Locale): string {
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
