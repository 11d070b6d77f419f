import type { Locale } from "../../metrics/format-metric.ts";

/** Writes instants to the second in the business timezone: "Dec 5, 14:05:09", "12月5日 14:05:09". */
export function describeMoment(timezone: string, locale: Locale): (ms: number) => string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: timezone,
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return (ms) => format.format(ms);
}
