import { calendarKindsAt, nextRangeOf, previousRangeOf } from "../../metrics/calendar-ranges.ts";
import type { CalendarKind, DayRange } from "../../metrics/calendar-ranges.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import { segmentAddress } from "../../stats/segment-query.ts";
import { periodAddress } from "../../stats/name-period.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import { linkTo } from "../page/page-links.ts";
import type { ReportContext } from "./report-context.ts";

const words = {
  en: {
    choose: "Other period",
    from: "From",
    to: "to",
    show: "Show",
    otherPeriods: "Periods beside this one",
    named: {
      day: ["Today", "Yesterday"],
      week: ["This week", "Last week"],
      month: ["This month", "Last month"],
      quarter: ["This quarter", "Last quarter"],
      year: ["This year", "Last year"],
    },
  },
  "zh-CN": {
    choose: "其他周期",
    from: "从",
    to: "至",
    show: "查看",
    otherPeriods: "相邻周期",
    named: {
      day: ["今天", "昨天"],
      week: ["本周", "上周"],
      month: ["本月", "上月"],
      quarter: ["本季度", "上季度"],
      year: ["今年", "去年"],
    },
  },
} as const satisfies Record<Locale, unknown>;

/** Days of which there may be numbers: from the first one that was counted to today. */
function boundsOf({ material: { firstDay, reading } }: ReportContext): DayRange {
  const { today } = reading;
  return { startDate: firstDay !== null && firstDay < today ? firstDay : today, endDate: today };
}

const overlaps = (a: DayRange, b: DayRange): boolean => a.startDate <= b.endDate && b.startDate <= a.endDate;

/** The periods before and after, as far as there are numbers. */
export function renderPager(context: ReportContext, compare: string | null): Html {
  const { locale, material } = context;
  const bounds = boundsOf(context);
  const filter = segmentAddress(material.reading.segment);
  const link = (range: DayRange): string =>
    linkTo("/report", { ...periodAddress(range), ...filter, compare, lang: locale });
  const nameOf = (range: DayRange): string => describePeriod(range, locale);
  const [before, after] = [previousRangeOf(material.reading.period), nextRangeOf(material.reading.period)];
  return html`<nav class="pager no-print" aria-label="${words[locale].otherPeriods}">
    ${before.endDate >= bounds.startDate && html`<a href="${link(before)}" rel="prev">← <span>${nameOf(before)}</span></a>`}
    ${after.startDate <= bounds.endDate && html`<a href="${link(after)}" rel="next"><span>${nameOf(after)}</span> →</a>`}
  </nav>`;
}

/** Periods to choose from, by their names or by two days; none of which nothing can be known. */
export function renderPicker(context: ReportContext, compare: string | null): Html {
  const { locale, material } = context;
  const own = words[locale];
  const bounds = boundsOf(context);
  const { period, today, segment } = material.reading;
  const filter = segmentAddress(segment);
  const named = (Object.keys(own.named) as CalendarKind[]).flatMap((kind) => {
    const current = calendarKindsAt(today)[kind];
    return [current, previousRangeOf(current)].map((range, place) => ({
      range,
      name: own.named[kind][place] as string,
    }));
  });
  const isShown = ({ startDate, endDate }: DayRange): boolean =>
    startDate === period.startDate && endDate === period.endDate;
  return html`<details class="menu no-print" name="choice">
    <summary>${own.choose}</summary>
    <div class="choices">
      <nav aria-label="${own.choose}">
        ${named
          .filter(({ range }) => overlaps(range, bounds))
          .map(({ range, name }) =>
            isShown(range)
              ? html`<strong aria-current="true">${name}</strong>`
              : html`<a href="${linkTo("/report", { ...periodAddress(range), ...filter, compare, lang: locale })}"
                  >${name}</a
                >`,
          )}
      </nav>
      <form method="get" action="/report">
        ${Object.entries({ ...filter, ...(compare === null ? {} : { compare }) }).map(
          ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
        )}
        <input type="hidden" name="lang" value="${locale}" />
        <label
          >${own.from}
          <input
            type="date"
            name="start_date"
            required
            min="${bounds.startDate}"
            max="${bounds.endDate}"
            value="${within(period.startDate, bounds)}"
        /></label>
        <label
          >${own.to}
          <input
            type="date"
            name="end_date"
            required
            min="${bounds.startDate}"
            max="${bounds.endDate}"
            value="${within(period.endDate, bounds)}"
        /></label>
        <button>${own.show}</button>
      </form>
    </div>
  </details>`;
}

function within(day: string, { startDate, endDate }: DayRange): string {
  return day < startDate ? startDate : day > endDate ? endDate : day;
}
