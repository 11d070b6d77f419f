import type { Locale } from "../metrics/format-metric.ts";
import { formulaOf, metricDictionary } from "../metrics/metric-dictionary.ts";
import type { CounterSum, LocalText, MetricDefinition, MetricGroup, MetricUnit } from "../metrics/metric-definition.ts";

interface Terms {
  readonly add: string[];
  readonly subtract: string[];
}

/** A metric of the dictionary in one language. */
export interface DescribedMetric {
  readonly key: string;
  readonly group: MetricGroup;
  readonly kind: MetricDefinition["kind"];
  readonly unit: MetricUnit;
  readonly name: string;
  readonly meaning: string;
  readonly formula: string;
  readonly numerator?: Terms;
  readonly denominator?: Terms;
  readonly factor?: number;
  readonly histogram?: string;
  readonly quantile?: number;
  readonly cohort: MetricDefinition["cohort"];
  readonly period_rule: string;
  readonly edge_cases: string | null;
  readonly estimate: boolean;
  readonly definition_version: number;
  readonly since: string;
}

/** In which period something counts, by cohort. */
export const periodRules: Readonly<Record<MetricDefinition["cohort"], LocalText>> = {
  session_start: {
    en: "The business day, ISO week and month of the session's first start, whenever the rest becomes known.",
    zh: "计入会话首次开始所在的业务日、ISO 周和月，其余信息何时获知均不改变。",
  },
  event_time: {
    en: "The business day, ISO week and month in which the event occurred.",
    zh: "计入事件发生所在的业务日、ISO 周和月。",
  },
};

/** The dictionary in one language. */
export function describeDictionary(locale: Locale): DescribedMetric[] {
  return metricDictionary.map((metric) => describeMetric(metric, locale));
}

function describeMetric(metric: MetricDefinition, locale: Locale): DescribedMetric {
  const text = (texts: LocalText): string => (locale === "zh-CN" ? texts.zh : texts.en);
  return {
    key: metric.key,
    group: metric.group,
    kind: metric.kind,
    unit: metric.unit,
    name: text(metric.name),
    meaning: text(metric.meaning),
    formula: formulaOf(metric),
    ...(metric.kind === "quantile"
      ? { histogram: metric.histogram, quantile: metric.quantile }
      : { numerator: termsOf(metric.numerator) }),
    ...(metric.kind === "ratio" ? { denominator: termsOf(metric.denominator), factor: metric.factor } : {}),
    cohort: metric.cohort,
    period_rule: text(periodRules[metric.cohort]),
    edge_cases: metric.edgeCases === undefined ? null : text(metric.edgeCases),
    estimate: metric.estimate === true,
    definition_version: metric.definitionVersion,
    since: metric.since,
  };
}

function termsOf({ add, subtract = [] }: CounterSum): Terms {
  return { add: [...add], subtract: [...subtract] };
}
