import { deriveMetric } from "../../metrics/derive-metric.ts";
import type { MetricValue } from "../../metrics/derive-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import { noCounters } from "../../metrics/metric-definition.ts";
import type { Counters, MetricDefinition } from "../../metrics/metric-definition.ts";
import { metricOf } from "../../metrics/metric-dictionary.ts";
import { unknownCounters } from "../../stats/period-metrics.ts";
import { periodUse } from "../../stats/ai-metrics.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import { stepsIn } from "../../stats/read-steps.ts";
import type { ReportMaterial } from "./read-report.ts";
import { textsOfReport } from "./choose-texts.ts";
import type { ReportTexts } from "./report-texts.ts";

/** What everything of a report is made from: the material, in one language, for one kind of reader. */
export interface ReportContext {
  readonly material: ReportMaterial;
  readonly locale: Locale;
  readonly texts: ReportTexts;
  /** Set in shared copies: what rests on fewer than so many is withheld. */
  readonly least: number | null;
}

export function reportContext(material: ReportMaterial, locale: Locale, least: number | null = null): ReportContext {
  const scope = { isMonth: material.month !== null, stepType: material.stepType };
  return { material, locale, texts: textsOfReport(locale, scope), least };
}

/** The value of a metric for some counters, as all other documents derive it. */
export function figureValue(context: ReportContext, key: string, counters: Counters): MetricValue {
  const metric = metricOf(key) as Exclude<MetricDefinition, { kind: "quantile" }>;
  const { currency, aiAnswered } = context.material.reading.tenant;
  const known = metric.needsAiAnswers === true && !aiAnswered ? unknownCounters(counters) : counters;
  return deriveMetric(metric, known, context.locale, currency);
}

/**
 * Whether a shared copy withholds a value: it rests on few sessions, tickets or queries (the denominator of a rate or
 * an average, the count itself otherwise), or it is the share of few, which could be counted back from it. 0 gives
 * nobody away.
 */
export function restsOnFew(context: ReportContext, value: MetricValue, counters: Counters): boolean {
  if (context.least === null) return false;
  if (value.unit === "currency") return isFew(context, Number(counters.ai_resolved_sessions));
  return (
    isFew(context, value.denominator ?? value.numerator ?? 0) ||
    (value.unit === "percent" && isFew(context, value.numerator ?? 0))
  );
}

/** As `restsOnFew`, of a metric of calls of models: what is saved rests on conversations, all else on calls. */
export function aiRestsOnFew(context: ReportContext, key: string, value: MetricValue): boolean {
  const { reading } = context.material;
  if (isFew(context, periodUse(reading).calls)) return true;
  if (value.unit === "count" || value.unit === "percent") {
    return isFew(context, value.numerator ?? 0) || isFew(context, value.denominator ?? 0);
  }
  if (key === "ai_spend_per_session") return isFew(context, value.denominator ?? 0);
  const isOfSavings = key === "net_saved" || key === "ai_return" || key === "ai_spend_per_ai_resolved_session";
  if (isOfSavings) return isFew(context, Number(reading.counters.ai_resolved_sessions ?? 0));
  return value.unit !== "currency" && isFew(context, value.denominator ?? 0);
}

/** More than none, and fewer than a shared copy shows. */
export function isFew(context: ReportContext, count: number): boolean {
  return context.least !== null && count > 0 && count < context.least;
}

/** A day of the report, or a week or month of it if there are too many days. */
export interface ReportDay {
  /** Its first day. */
  readonly day: string;
  readonly lastDay: string;
  /** Null if it has not begun. */
  readonly counters: Counters | null;
}

/** The steps of the period in order. */
export function reportDaysOf({ material: { reading, steps, stepType } }: ReportContext): ReportDay[] {
  return stepsIn(reading.period, stepType).map(({ startDate, endDate }) => ({
    day: startDate,
    lastDay: endDate,
    counters: startDate > reading.today ? null : (steps.get(startDate) ?? noCounters),
  }));
}

/** A step for people: "Fri, Dec 5", "Dec 1 – 7, 2025", "December 2025". */
export function describeStep({ day, lastDay }: Pick<ReportDay, "day" | "lastDay">, locale: Locale): string {
  return day === lastDay ? describeDay(day, locale) : describePeriod({ startDate: day, endDate: lastDay }, locale);
}

/** A step for an axis: "5" within a month, else "12/5"; "Dec" for a month. */
export function shortStep({ day }: ReportDay, { locale, material }: ReportContext): string {
  const { stepType, month } = material;
  if (stepType === "month") {
    return new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "short" }).format(Date.parse(`${day}T00:00:00Z`));
  }
  return month === null ? `${Number(day.slice(5, 7))}/${Number(day.slice(8))}` : String(Number(day.slice(8)));
}

const dayFormats = new Map<Locale, Intl.DateTimeFormat>();

/** "12月5日周五", "Fri, Dec 5". A business day is a date already, hence UTC. */
export function describeDay(day: string, locale: Locale): string {
  let format = dayFormats.get(locale);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "short", day: "numeric", weekday: "short" });
    dayFormats.set(locale, format);
  }
  return format.format(Date.parse(`${day}T00:00:00Z`));
}

/** Percent of a part, "12.3%": for shares that the dictionary does not have. */
export function describeShare(part: number, whole: number, locale: Locale): string {
  const share = new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return whole === 0 ? "—" : share.format(part / whole);
}

export const countText = (count: number, locale: Locale): string => formatCount(count, locale);
