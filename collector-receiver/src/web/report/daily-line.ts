import { noCounters } from "../../metrics/metric-definition.ts";
import type { Counters } from "../../metrics/metric-definition.ts";
import { metricOf } from "../../metrics/metric-dictionary.ts";
import { lastComparableDay } from "../../stats/compare-periods.ts";
import { comparedPartOf } from "../../stats/compared-part.ts";
import { stepsIn } from "../../stats/read-steps.ts";
import { comparedAt } from "../../stats/read-period.ts";
import { hasBefore } from "./describe-figure.ts";
import { marksOf } from "../charts/mark-annotations.ts";
import { describeStep, figureValue, reportDaysOf, restsOnFew } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";

/** A step of a figure's line beside the day of the other period that stands against it. */
export interface LineDay {
  /** "Fri, Dec 5", "December 2025" */
  readonly name: string;
  readonly value: number | null;
  readonly formatted: string;
  /** Later events may still change it as a matter of course: today, or conversations that had no time to end. */
  readonly isUnripe: boolean;
  /** Something happened then: the charts below say what. */
  readonly isMarked: boolean;
  /** Null: the other period has no such day, or nothing is compared. */
  readonly before: { readonly value: number | null; readonly formatted: string } | null;
}

/**
 * A figure by day, this period and the one before.
 * @returns null if there are not two steps, or if no day has a value; in a shared copy also if a day rests on too few: the others would give it away
 */
export function dailyLineOf(context: ReportContext, key: string): readonly LineDay[] | null {
  const { reading, stepsBefore, stepType } = context.material;
  const ripeThrough = lastComparableDay(comparedPartOf(metricOf(key)), comparedAt(reading)) ?? "";
  const whole = hasBefore(context) ? (reading.comparison?.whole ?? null) : null;
  let isFew = false;
  const valueOf = (counters: Counters) => {
    const value = figureValue(context, key, counters);
    isFew ||= restsOnFew(context, value, counters);
    return { value: value.value, formatted: value.formatted };
  };
  const marked = new Set(marksOf(context).map(({ place }) => place));
  const others = whole === null ? [] : stepsIn(whole, stepType);
  const line = reportDaysOf(context).map(({ day, lastDay, counters }, place) => {
    const other = others[place]?.startDate ?? null;
    return {
      name: describeStep({ day, lastDay }, context.locale),
      ...(counters === null ? { value: null, formatted: "—" } : valueOf(counters)),
      isUnripe: lastDay > ripeThrough,
      isMarked: marked.has(place),
      before: other === null || other > reading.today ? null : valueOf(stepsBefore.get(other) ?? noCounters),
    };
  });
  const isEmpty = line.every(({ value, before }) => value === null && (before?.value ?? null) === null);
  return line.length < 2 || isFew || isEmpty ? null : line;
}
