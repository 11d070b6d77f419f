import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { countersBefore } from "../../stats/read-period.ts";
import type { DescribedMetric } from "../../stats/describe-dictionary.ts";
import type { ComparedMetric } from "../../stats/compared-metric.ts";
import { judgeChange } from "./judge-change.ts";
import type { JudgedChange } from "./judge-change.ts";
import { isFew } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";
import type { Figure } from "./report-figures.ts";

/** Few samples, and what is assumed, in words beside the number; null if there is nothing to add. */
export function sampleText({ metric, definition, key }: Figure, context: ReportContext): string | null {
  const { texts, locale, material } = context;
  const count = (value: number | null): string => formatCount(value ?? 0, locale);
  if (metric.low_sample && metric.denominator !== null) {
    return definition.unit === "percent"
      ? texts.lowSample(count(metric.numerator), count(metric.denominator))
      : texts.fewSamples(count(metric.denominator));
  }
  const assumed = Number(material.reading.counters.ai_resolved_assumed ?? 0);
  const few = context.least !== null && assumed < context.least;
  const parts = [
    ...endedText(metric, context),
    ...(key === "ai_resolution_rate" && assumed > 0 && !few ? [texts.assumed(count(assumed))] : []),
  ];
  return parts.length === 0 ? null : parts.join(locale === "zh-CN" ? "；" : "; ");
}

/** A rate of conversations over those that had time to end, while others may go on. */
function endedText({ ended }: ComparedMetric, context: ReportContext): string[] {
  if (ended === undefined || ended.low_sample) return [];
  const isWithheld = isFew(context, ended.numerator ?? 0) || isFew(context, ended.denominator ?? 0);
  return isWithheld ? [] : [context.texts.ended(ended.formatted)];
}

/** Whether a figure reaches what is asked of it, in words; null without a goal. */
export function goalWords(
  { goal }: Pick<ComparedMetric, "goal">,
  { texts }: Pick<ReportContext, "texts">,
): string | null {
  return goal === undefined ? null : texts.goal(goal.formatted, goal.verdict);
}

/** Whether anything was counted in what the period is compared with. */
export function hasBefore({ material }: ReportContext): boolean {
  return Object.values(countersBefore(material.reading)).some((value) => value !== null && Number(value) !== 0);
}

/** The change against the period before, in words with an arrow: not by colour. */
export function changeText(figure: Figure, context: ReportContext): string {
  return judgedChangeOf(figure, context)?.text ?? context.texts.nothingToCompare;
}

/** The change of a figure; null if nothing is compared, or the period before is withheld. */
export function judgedChangeOf(figure: Figure, context: ReportContext): JudgedChange | null {
  return figure.previousWithheld ? null : judgeChange(figure.key, figure.metric, context.locale);
}

export function termsText(terms: DescribedMetric["numerator"]): string {
  return terms === undefined ? "" : [terms.add.join(" + "), ...terms.subtract].join(" − ");
}

/** A sum as it is stored, every digit of it. */
export function numberText(value: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(value);
}
