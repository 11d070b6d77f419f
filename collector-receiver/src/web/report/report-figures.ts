import type { MetricValue } from "../../metrics/derive-metric.ts";
import { addMonths } from "../../metrics/business-calendar.ts";
import { noCounters } from "../../metrics/metric-definition.ts";
import type { MetricGroup } from "../../metrics/metric-definition.ts";
import { aiCostMetrics } from "../../metrics/ai-cost-metrics.ts";
import { aiQuantiles, periodUse } from "../../stats/ai-metrics.ts";
import { counterMetrics, definedMetrics, metricOf } from "../../metrics/metric-dictionary.ts";
import { describeDictionary } from "../../stats/describe-dictionary.ts";
import type { DescribedMetric } from "../../stats/describe-dictionary.ts";
import { describeMonth } from "../../stats/describe-period.ts";
import type { OperationsDocument } from "../../stats/operations.ts";
import { metricsOfPeriod, sidesOf } from "../../stats/period-metrics.ts";
import { noSide } from "../../stats/compared-metric.ts";
import type { ComparedMetric } from "../../stats/compared-metric.ts";
import type { PeriodReading } from "../../stats/read-period.ts";
import { aiRestsOnFew, restsOnFew, figureValue } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";
import { trendMonths } from "./read-report.ts";

/** The figures of the report that have a card, by product, in the order in which they are shown. */
export const figureKeys: Readonly<Record<MetricGroup, readonly string[]>> = {
  ai_chatbot: [
    "total_sessions",
    "ai_resolution_rate",
    "avg_response_time_ms",
    "estimated_cost_saved",
    "order_query_success_rate",
    "tracking_query_success_rate",
    "escalation_rate",
    "unique_customers",
  ],
  ai_calls: ["ai_spend", "net_saved", "ai_spend_per_ai_resolved_session", "ai_calls"],
  agent_workbench: ["sessions_handled", "avg_first_response_ms", "avg_handle_time_sec", "transfer_rate"],
  tickets: ["tickets_created", "tickets_resolved", "avg_resolution_hours", "sla_met_rate"],
};

/**
 * The other figures of a product, below its cards: whatever else the dictionary has of counters, and the figures of
 * operations. Those in working hours are left out if a tenant has none.
 */
export function moreKeysOf(group: MetricGroup, operations: OperationsDocument): string[] {
  const ofOperations = definedMetrics.filter(
    ({ key }) => key in operations.metrics && (operations.working_hours !== null || !key.includes("_business_")),
  );
  const keys = [...counterMetrics, ...aiCostMetrics, ...aiQuantiles, ...ofOperations]
    .filter((metric) => metric.group === group && !figureKeys[group].includes(metric.key) && !isOfPlan(metric.key))
    .map(({ key }) => key);
  return [...new Set(keys)];
}

/** The plan's literal quotients are for the API: beside the figures that replace them they would only confuse. */
const isOfPlan = (key: string): boolean => key.startsWith("plan_");

export interface TrendPoint {
  readonly month: string;
  readonly label: string;
  readonly value: number | null;
  readonly formatted: string;
}

/** One figure with what a reader needs to trust it. */
export interface Figure {
  readonly key: string;
  readonly definition: DescribedMetric;
  readonly metric: ComparedMetric;
  /** `known`, or why there is no number. */
  readonly state: "known" | "no_value" | "never_reported" | "withheld";
  /** The period before may not be shown. */
  readonly previousWithheld: boolean;
  readonly trend: readonly TrendPoint[];
}

export interface FigureGroup {
  readonly group: MetricGroup;
  readonly reported: boolean;
  /** Those with a card. */
  readonly figures: readonly Figure[];
  /** Those that stand below in a line each. */
  readonly more: readonly Figure[];
  /** What to know of some of these; counts in them are left out of shared copies. */
  readonly notes: readonly string[];
}

/** Every figure of a group, in the order of the page. */
export const allFiguresOf = ({ figures, more }: FigureGroup): readonly Figure[] => [...figures, ...more];

/** The figures of a month: a pure function of what was read. */
export function figureGroupsOf(context: ReportContext): FigureGroup[] {
  const { operations } = context.material;
  const counted = metricsOfPeriod(context.material.reading, context.locale);
  const definitions = new Map(describeDictionary(context.locale).map((metric) => [metric.key, metric]));
  const { reading } = context.material;
  const groups = (Object.keys(figureKeys) as MetricGroup[]).filter(
    (group) => group !== "ai_calls" || periodUse(reading).calls > 0,
  );
  return groups.map((group) => {
    const isOfCalls = group === "ai_calls";
    const reported =
      isOfCalls || (group === "ai_chatbot" ? reading.tenant.chatbotReported : reading.tenant.workbenchReported);
    const figureOf = (key: string): Figure => {
      const metric = counted.get(key) ?? operationOf(operations.metrics[key] as ComparedMetric, reading);
      const isCounted = counted.has(key) && !isOfCalls;
      const state = !reported
        ? "never_reported"
        : metric.value === null
          ? "no_value"
          : (isOfCalls ? aiRestsOnFew(context, key, metric) : restsOnFew(context, metric, reading.counters))
            ? "withheld"
            : "known";
      return {
        key,
        definition: definitions.get(key) as DescribedMetric,
        metric,
        state,
        // Of a figure of operations or calls it is not known here on how many the one before rested.
        previousWithheld: isCounted ? sideRestsOnFew(context, key) : context.least !== null,
        trend: reported && isCounted ? trendOf(context, key) : [],
      };
    };
    return {
      group,
      reported,
      figures: figureKeys[group].map(figureOf),
      // A line without a number would only say so.
      more: moreKeysOf(group, operations)
        .map(figureOf)
        .filter(({ metric }) => metric.reason !== "not_filtered"),
      notes: reported && reading.segment === null ? notesOf(context, group) : [],
    };
  });
}

/** A figure of operations, of which none is kept by segment. */
function operationOf(metric: ComparedMetric, { segment }: PeriodReading): ComparedMetric {
  if (segment === null) return metric;
  const none = { value: null, numerator: null, denominator: null, formatted: "—", low_sample: false, change: null };
  return { ...metric, ...none, compared: noSide, previous: noSide, reason: "not_filtered" };
}

/** Whether either side of a figure's comparison rests on few. */
function sideRestsOnFew(context: ReportContext, key: string): boolean {
  const sides = sidesOf(metricOf(key), context.material.reading);
  return [sides?.now, sides?.before].some(
    (counters) => counters !== undefined && restsOnFew(context, figureValue(context, key, counters), counters),
  );
}

/** The last months, of a month; none before the first month that has any counter at all. */
function trendOf(context: ReportContext, key: string): TrendPoint[] {
  const { month, months } = context.material;
  if (month === null) return [];
  const points: TrendPoint[] = [];
  for (let back = trendMonths - 1; back >= 0; back--) {
    const at = addMonths(month, -back);
    const counters = months.get(at);
    if (counters === undefined && points.length === 0 && back > 0) continue;
    const value: MetricValue = figureValue(context, key, counters ?? noCounters);
    const few = restsOnFew(context, value, counters ?? noCounters);
    points.push({
      month: at,
      label: describeMonth(at, context.locale),
      value: few ? null : value.value,
      formatted: few ? context.texts.withheld : value.formatted,
    });
  }
  return points;
}

const notesOfGroup: Readonly<Record<string, MetricGroup>> = {
  durable_not_yet_known: "ai_chatbot",
  durable_without_customer: "ai_chatbot",
  no_working_hours: "agent_workbench",
};

function notesOf({ material, least }: ReportContext, group: MetricGroup): string[] {
  return material.operations.notes
    .filter(({ code, count }) => notesOfGroup[code] === group && (least === null || count === undefined))
    .map(({ message }) => message);
}
