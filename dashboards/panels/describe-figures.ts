/** Descriptions of panels: what a number is, its formula and its denominator. */
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import type { CounterSum } from "../../collector-receiver/src/metrics/metric-definition.ts";
import { formulaOf } from "../../collector-receiver/src/metrics/metric-dictionary.ts";
import type { DefinedMetric } from "../../collector-receiver/src/metrics/metric-dictionary.ts";
import { periodRules } from "../../collector-receiver/src/stats/describe-dictionary.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import type { HealthFigure } from "./health-figures.ts";

const words = {
  formula: { en: "Formula", zh: "公式" },
  denominator: { en: "Denominator", zh: "分母" },
  none: { en: "none (a count or a sum)", zh: "无（计数或累加）" },
  samples: { en: "the number of durations recorded", zh: "有记录的时长个数" },
  period: { en: "Period", zh: "周期" },
  edge: { en: "Note", zh: "说明" },
  estimate: { en: "An estimate.", zh: "属估算。" },
  version: { en: "Definition", zh: "定义版本" },
  noDenominator: {
    en: "Shown as — where the denominator is 0.",
    zh: "分母为 0 时显示 —。",
  },
} as const satisfies Record<string, LocalText>;

/** Of metrics of the dictionary, each with a paragraph of its own: Markdown. */
export function describeMetrics(context: BoardContext, metrics: readonly DefinedMetric[]): string {
  return metrics.map((metric) => describeMetric(context, metric)).join("\n\n---\n\n");
}

function describeMetric(context: BoardContext, metric: DefinedMetric): string {
  const text = (part: LocalText): string => say(context, part);
  const colon = context.language === "zh" ? "：" : ": ";
  const lines = [
    `**${text(metric.name)}** — ${text(metric.meaning)}`,
    `${text(words.formula)}${colon}\`${formulaOf(metric)}\``,
    `${text(words.denominator)}${colon}${denominatorOf(context, metric)}`,
    `${text(words.period)}${colon}${text(periodRules[metric.cohort])}`,
  ];
  if (metric.edgeCases !== undefined) lines.push(`${text(words.edge)}${colon}${text(metric.edgeCases)}`);
  if ("estimate" in metric && metric.estimate === true) lines.push(text(words.estimate));
  lines.push(`${text(words.version)} ${metric.definitionVersion} (${metric.since})`);
  return lines.join("\n\n");
}

function denominatorOf(context: BoardContext, metric: DefinedMetric): string {
  switch (metric.kind) {
    case "sum":
      return say(context, words.none);
    case "ratio":
      return `\`${sumOf(metric.denominator)}\`. ${say(context, words.noDenominator)}`;
    case "quantile":
      return say(context, words.samples);
  }
}

function sumOf({ add, subtract = [] }: CounterSum<string>): string {
  return [add.join(" + "), ...subtract].join(" − ");
}

/** Of figures about the data and the receiver themselves. */
export function describeHealth(context: BoardContext, figures: readonly HealthFigure[]): string {
  const colon = context.language === "zh" ? "：" : ": ";
  return figures
    .map((figure) =>
      [
        `**${say(context, figure.name)}** — ${say(context, figure.meaning)}`,
        `${say(context, words.formula)}${colon}\`${figure.formula}\``,
        `${say(context, words.denominator)}${colon}${
          figure.denominator === undefined
            ? say(context, words.none)
            : `\`${figure.denominator}\`. ${say(context, words.noDenominator)}`
        }`,
      ].join("\n\n"),
    )
    .join("\n\n---\n\n");
}
