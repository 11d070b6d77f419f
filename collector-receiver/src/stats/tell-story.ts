/** The story of a period: built from its numbers, it never states what is not known. */
import { monthOf } from "../metrics/business-calendar.ts";
import { formatCount } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { describeInstant, describePeriod } from "./describe-period.ts";
import type { ComparedMetric, PeriodMetrics } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";
import { tellInEnglish } from "./story-en.ts";
import type { StoryMaterial } from "./story-material.ts";
import { tellInChinese } from "./story-zh.ts";

export function tellStory(reading: PeriodReading, metrics: PeriodMetrics, locale: Locale): string {
  const { period } = reading;
  const material: StoryMaterial = {
    reading,
    isCurrentMonth: period.month !== null && period.month === monthOf(reading.today),
    periodName: describePeriod(period, locale),
    comparedName: describePeriod(period.comparedWith, locale),
    nothingBefore: Object.values(reading.before).every((sum) => sum === null || Number(sum) === 0),
    asOf: describeInstant(reading.nowMs, reading.tenant.timezone, locale),
    known(key) {
      const metric = metrics.get(key) as ComparedMetric;
      return metric.value === null ? undefined : metric;
    },
    count: (value) => formatCount(value ?? 0, locale),
  };
  return locale === "zh-CN" ? tellInChinese(material) : tellInEnglish(material);
}
