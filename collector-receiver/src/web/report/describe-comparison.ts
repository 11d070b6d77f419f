import { documentHeader } from "../../stats/document-header.ts";
import { describeDays, describePeriod } from "../../stats/describe-period.ts";
import { hasBefore } from "./describe-figure.ts";
import type { ReportContext } from "./report-context.ts";

/** What the changes of a report are against, and over which days, in sentences; empty if nothing is compared. */
export function comparisonText(context: ReportContext): string {
  const { texts, locale, material } = context;
  const { reading } = material;
  const compared = documentHeader(reading, locale).compared_with;
  if (compared === null || reading.status === "empty") return "";
  const words = texts.comparison;
  if (compared.own_days === 0) return words.noDayYet;
  if (!hasBefore(context)) return words.nothingBefore(compared.period);
  const ended = compared.ended_through;
  return [
    compared.same_days ? words.sameDays(compared.period, compared.mode) : words.against(compared.period),
    ...(compared.own_days === compared.days ? [] : [words.byDay(compared.own_days, compared.days)]),
    ...(ended === compared.own_end_date
      ? []
      : [
          ended === null
            ? words.ratesLater
            : words.ratesUpTo(describeDays({ startDate: ended, endDate: ended }, locale)),
        ]),
  ].join(words.between);
}

/** What the report is compared with, in a few words: "vs. October 2025", "no comparison". */
export function comparedName({ texts, locale, material: { reading } }: ReportContext): string {
  const compared = documentHeader(reading, locale).compared_with;
  const { comparison } = texts;
  if (compared === null) return comparison.without;
  const isWhole = reading.comparison !== null && !compared.same_days;
  return comparison.versus(isWhole ? describePeriod(reading.comparison.whole, locale) : compared.period);
}
