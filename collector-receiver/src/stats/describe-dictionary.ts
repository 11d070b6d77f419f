import type { Locale } from "../metrics/format-metric.ts";
import { definedMetrics, formulaOf } from "../metrics/metric-dictionary.ts";
import type { DefinedMetric } from "../metrics/metric-dictionary.ts";
import type { LocalText } from "../catalogue/local-text.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import type { CounterSum, MetricDefinition, MetricGroup } from "../metrics/metric-definition.ts";
import { peerOf } from "../metrics/peer-definitions.ts";

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
  readonly cohort: DefinedCohort;
  readonly period_rule: string;
  readonly edge_cases: string | null;
  /** What comparable products count, and where they say so. */
  readonly peers: string;
  readonly peers_source: string | null;
  readonly estimate: boolean;
  readonly definition_version: number;
  readonly since: string;
}

type DefinedCohort = DefinedMetric["cohort"];

/** What is said of a metric of which no comparable product publishes a definition. */
export const noPeer: LocalText = { en: "No peer publishes one.", zh: "没有同类产品公布定义。" };

/** In which period something counts, by cohort. */
export const periodRules: Readonly<Record<DefinedCohort, LocalText>> = {
  session_start: {
    en: "The business day, ISO week and month of the session's first start, whenever the rest becomes known.",
    zh: "计入会话首次开始所在的业务日、ISO 周和月，其余信息何时获知均不改变。",
  },
  event_time: {
    en: "The business day, ISO week and month in which the event occurred.",
    zh: "计入事件发生所在的业务日、ISO 周和月。",
  },
  agent_time: {
    en: "The part of each state that lies in the period, from the start of its first business day to the end of its last.",
    zh: "各状态落在周期内的部分：从首个业务日开始到最后一个业务日结束。",
  },
  ticket_close: {
    en: "The period of the ticket's first close, whenever it is reopened.",
    zh: "计入工单首次关闭所在的周期，不论何时重开。",
  },
  period_end: {
    en: "A stock: how things stand at the end of the period's last business day; while the period runs, now.",
    zh: "存量：周期最后一个业务日结束时的状态；周期进行中则为当前时刻。",
  },
};

/** The dictionary in one language. */
export function describeDictionary(locale: Locale): DescribedMetric[] {
  return definedMetrics.map((metric) => describeMetric(metric, locale));
}

function describeMetric(metric: DefinedMetric, locale: Locale): DescribedMetric {
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
    ...(metric.kind === "ratio"
      ? { denominator: termsOf(metric.denominator), factor: metric.factor / (metric.divisor ?? 1) }
      : {}),
    cohort: metric.cohort,
    period_rule: text(periodRules[metric.cohort]),
    edge_cases: metric.edgeCases === undefined ? null : text(metric.edgeCases),
    peers: text(peerOf(metric) ?? noPeer),
    peers_source: peerOf(metric)?.source ?? null,
    estimate: metric.estimate === true,
    definition_version: metric.definitionVersion,
    since: metric.since,
  };
}

function termsOf({ add, subtract = [] }: CounterSum<string>): Terms {
  return { add: [...add], subtract: [...subtract] };
}
