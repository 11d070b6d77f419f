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

export function tellStory(reading: PeriodReading, metrics: PeriodMetrics, locale: Locale): string {
  const { period } = reading;
  const material: StoryMaterial = {
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
  return locale === "zh-CN" ? tellInChinese(material) : tellInEnglish(material);
}
