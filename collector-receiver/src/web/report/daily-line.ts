import { addDays } from "../../metrics/business-calendar.ts";
import { noCounters } from "../../metrics/metric-definition.ts";
import type { Counters } from "../../metrics/metric-definition.ts";
import { metricOf } from "../../metrics/metric-dictionary.ts";
import { lastComparableDay } from "../../stats/compare-periods.ts";
import { comparedPartOf } from "../../stats/compared-part.ts";
import { comparedAt } from "../../stats/read-period.ts";
import { hasBefore } from "./describe-figure.ts";
import { describeDay, figureValue, reportDaysOf, restsOnFew } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";

/** A day of a figure's line beside the day of the other period that stands against it. */
export interface LineDay {
  /** "Fri, Dec 5" */
  readonly name: string;
  readonly value: number | null;
  readonly formatted: string;
  /** Later events may still change it as a matter of course: today, or conversations that had no time to end. */
  readonly isUnripe: boolean;
  /** Null: the other period has no such day, or nothing is compared. */
  readonly before: { readonly value: number | null; readonly formatted: string } | null;
}

/**
 * A figure by day, this period and the one before.
 * @returns null if no day has a value; in a shared copy also if a day rests on too few: the others would give it away
 */
export function dailyLineOf(context: ReportContext, key: string): readonly LineDay[] | null {
  const { reading, daysBefore } = context.material;
  const ripeThrough = lastComparableDay(comparedPartOf(metricOf(key)), comparedAt(reading)) ?? "";
  const whole = hasBefore(context) ? (reading.comparison?.whole ?? null) : null;
  let isFew = false;
  const valueOf = (counters: Counters) => {
    const value = figureValue(context, key, counters);
    isFew ||= restsOnFew(context, value, counters);
    return { value: value.value, formatted: value.formatted };
  };
  const line = reportDaysOf(context).map(({ day, counters }, place) => {
    const other = whole === null ? null : addDays(whole.startDate, place);
    return {
      name: describeDay(day, context.locale),
      ...(counters === null ? { value: null, formatted: "—" } : valueOf(counters)),
      isUnripe: day > ripeThrough,
      before:
        whole === null || other === null || other > whole.endDate || other > reading.today
          ? null
          : valueOf(daysBefore.get(other) ?? noCounters),
    };
  });
  const isEmpty = line.every(({ value, before }) => value === null && (before?.value ?? null) === null);
  return isFew || isEmpty ? null : line;
}
