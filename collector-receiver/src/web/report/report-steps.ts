import type { Counters } from "../../metrics/metric-definition.ts";
import { sumCounters } from "../../metrics/sum-counters.ts";
import { describeStep, reportDaysOf, shortStep } from "./report-context.ts";
import type { ReportContext, ReportDay } from "./report-context.ts";

/** A step of a chart over time: a day, or in a shared copy several days in a row. */
export interface ReportStep {
  /** "Fri, Dec 5", "Dec 1 – 7" */
  readonly name: string;
  /** For an axis: "5", "1–7". */
  readonly short: string;
  /** Null for a day that has not begun. */
  readonly counters: Counters | null;
}

/**
 * The steps of a chart: the days of the month. In a shared copy if a day rests on few, steps of seven days, each
 * joined with the one before until none does; null if even the whole month does.
 * @param rests whether counters rest on fewer than a shared copy shows
 */
export function stepsOf(context: ReportContext, rests: (counters: Counters) => boolean): ReportStep[] | null {
  const days = reportDaysOf(context);
  const isFew = ({ counters }: { readonly counters: Counters | null }): boolean => counters !== null && rests(counters);
  if (!days.some(isFew)) {
    return days.map((day) => ({
      name: describeStep(day, context.locale),
      short: shortStep(day, context),
      counters: day.counters,
    }));
  }
  const begun = days.filter(({ counters }) => counters !== null);
  const spans: ReportDay[][] = [];
  for (let from = 0; from < begun.length; from += daysOfStep) spans.push(begun.slice(from, from + daysOfStep));
  for (let i = spans.length - 1; i >= 0; i--) {
    if (!isFew({ counters: sumOf(spans[i] as ReportDay[]) })) continue;
    if (spans.length === 1) return null;
    // The first has none before it.
    const at = Math.max(1, i);
    spans.splice(at - 1, 2, [...(spans[at - 1] as ReportDay[]), ...(spans[at] as ReportDay[])]);
    if (i === 0) i = 1;
  }
  return spans.map((span) => describeSpan(span, context));
}

/** A sentence that says that steps are not days; nothing if they are. */
export function stepsNote(context: ReportContext, steps: readonly ReportStep[]): string {
  return steps.length === reportDaysOf(context).length ? "" : ` ${context.texts.chart.inSteps(context.least ?? 0)}`;
}

const daysOfStep = 7;

function describeSpan(span: readonly ReportDay[], context: ReportContext): ReportStep {
  const [first, last] = [span[0] as ReportDay, span.at(-1) as ReportDay];
  const whole = { day: first.day, lastDay: last.lastDay };
  const short = first === last ? shortStep(first, context) : `${shortStep(first, context)}–${shortStep(last, context)}`;
  return { name: nameSpan(whole, context), short, counters: sumOf(span) };
}

function nameSpan({ day, lastDay }: Pick<ReportDay, "day" | "lastDay">, { locale }: ReportContext): string {
  const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "short", day: "numeric" });
  const at = (one: string): string => format.format(Date.parse(`${one}T00:00:00Z`));
  if (day === lastDay) return at(day);
  const isSameMonth = day.slice(0, 7) === lastDay.slice(0, 7);
  return `${at(day)} – ${locale === "zh-CN" || !isSameMonth ? at(lastDay) : Number(lastDay.slice(8))}`;
}

const sumOf = (days: readonly ReportDay[]): Counters => sumCounters(days.map(({ counters }) => counters));
