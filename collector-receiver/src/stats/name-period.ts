/** How addresses and files name a period. */
import { calendarPeriodOf } from "../metrics/calendar-ranges.ts";
import type { DayRange } from "../metrics/calendar-ranges.ts";
import type { PeriodQuery } from "./report-period.ts";

/** The parameters that name a period in an address. */
export type PeriodAddress = Readonly<Record<string, string>>;

/** `month=2025-12` for a month, `period=2025-W52` for what else the calendar names, else the first and the last day. */
export function periodAddress({ startDate, endDate }: DayRange): PeriodAddress {
  const calendar = calendarPeriodOf({ startDate, endDate });
  if (calendar === null) return { start_date: startDate, end_date: endDate };
  return calendar.kind === "month" ? { month: calendar.value } : { period: calendar.value };
}

/** A period in the name of a file: `2025-12`, `2025-W52`, `2025-12-01_2025-12-10`. */
export function periodSlug({ startDate, endDate }: DayRange): string {
  return calendarPeriodOf({ startDate, endDate })?.value ?? `${startDate}_${endDate}`;
}

/** The parameters of pages that name a period, in the order in which they count if an address has several. */
export const periodParameterNames = ["month", "period", "start_date", "end_date", "from", "to"] as const;

/**
 * The period that the address of a page names. Where it has several, the first counts. `from` and `to` that are not both days
 * are ignored: chat apps append `from=singlemessage` to what people send each other.
 */
export function periodOfPage(query: Readonly<Record<string, string | undefined>>): PeriodQuery {
  if (query["month"] !== undefined) return { month: query["month"] };
  if (query["period"] !== undefined) return { period: query["period"] };
  const { start_date, end_date, from, to } = query;
  if (start_date !== undefined || end_date !== undefined) return { start_date, end_date };
  const isDay = (text: string | undefined): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text ?? "");
  return isDay(from) && isDay(to) ? { from, to } : {};
}
