/** The story of a period: built from its numbers, it never states what is not known. */
import { monthOf } from "../metrics/business-calendar.ts";
import { daysIn } from "../metrics/calendar-ranges.ts";
import { formatCount } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { describeInstant, describePeriod } from "./describe-period.ts";
import type { PeriodMetrics } from "./period-metrics.ts";
import { countersBefore } from "./read-period.ts";
import type { PeriodReading } from "./read-period.ts";
import { tellInEnglish } from "./story-en.ts";
import type { StoryComparison, StoryMaterial } from "./story-material.ts";
import { sumUpInChinese } from "./summary-zh.ts";
import { sumUpInEnglish } from "./summary-en.ts";
import { tellInChinese } from "./story-zh.ts";

function comparisonIn(reading: PeriodReading, locale: Locale): StoryComparison | null {
  const { comparison, compared } = reading;
  if (comparison === null) return null;
  const days = compared.over?.days ?? null;
  return {
    mode: comparison.mode,
    ownName: days === null ? "" : describePeriod(days.now, locale),
    otherName: describePeriod(days?.before ?? comparison.whole, locale),
    ownDays: days === null ? 0 : daysIn(days.now),
    otherDays: days === null ? 0 : daysIn(days.before),
    sameDays: comparison.sameDays,
    nothingBefore: Object.values(countersBefore(reading)).every((sum) => sum === null || Number(sum) === 0),
  };
}

function materialOf(reading: PeriodReading, metrics: PeriodMetrics, locale: Locale): StoryMaterial {
  const { period } = reading;
  return {
    reading,
    isCurrentMonth: period.month !== null && period.month === monthOf(reading.today),
    periodName: describePeriod(period, locale),
    comparison: comparisonIn(reading, locale),
    asOf: describeInstant(reading.nowMs, reading.tenant.timezone, locale),
    known(key) {
      const metric = metrics.get(key);
      return metric?.value == null ? undefined : metric;
    },
    count: (value) => formatCount(value ?? 0, locale),
  };
}

/** Everything worth quoting, in as many sentences as that takes. */
export function tellStory(reading: PeriodReading, metrics: PeriodMetrics, locale: Locale): string {
  const material = materialOf(reading, metrics, locale);
  return locale === "zh-CN" ? tellInChinese(material) : tellInEnglish(material);
}

/**
 * The period in three sentences: what the AI did, what people did, and what was left and saved.
 * @param isWithheld of a metric that is not to be mentioned
 */
export function tellSummary(
  reading: PeriodReading,
  metrics: PeriodMetrics,
  locale: Locale,
  isWithheld: (key: string) => boolean = () => false,
): string {
  const material = { ...materialOf(reading, metrics, locale), isWithheld };
  return locale === "zh-CN" ? sumUpInChinese(material).join("") : sumUpInEnglish(material).join(" ");
}
