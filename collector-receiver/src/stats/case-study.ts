import { partsOf } from "../metrics/derive-metric.ts";
import { formatPlanned } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import type { MetricDefinition } from "../metrics/metric-definition.ts";
import { metricOf } from "../metrics/metric-dictionary.ts";
import { periodUse } from "./ai-metrics.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { notesOf } from "./document-notes.ts";
import type { DocumentNote } from "./document-notes.ts";
import { isKnown, metricsOfPeriod, unknownCounters } from "./period-metrics.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import type { PeriodMetrics } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";
import { restatementsOf } from "./restatements.ts";
import type { RestatedMonth } from "./restatements.ts";
import { tellStory, tellSummary } from "./tell-story.ts";

/** The plan's step 15 (and step 10's `highlights`): null and "—" for what is not known. */
export interface CaseStudy extends DocumentHeader {
  readonly highlights: ChatbotFigures & Partial<AiCallFigures>;
  readonly ai_chatbot: ChatbotFigures & Partial<AiCallFigures>;
  readonly agent_workbench: WorkbenchFigures;
  readonly story: string;
  /** The same in three sentences, as the report shows it. */
  readonly summary: string;
  readonly notes: DocumentNote[];
  /** Months of the period that say something else than when they were settled. */
  readonly restatements: RestatedMonth[];
  readonly metrics: Readonly<Record<string, ComparedMetric>>;
}

interface ChatbotFigures {
  readonly total_customers_served: number | null;
  readonly ai_resolution_rate: string;
  readonly avg_response_time: string;
  /** An estimate. */
  readonly cost_saved: string;
  readonly order_query_success_rate: string;
  readonly tracking_query_success_rate: string;
}

/** Beside the plan's keys in a period with calls of models. */
interface AiCallFigures {
  readonly ai_calls: number | null;
  readonly ai_input_tokens: number | null;
  readonly ai_cached_input_tokens: number | null;
  readonly ai_output_tokens: number | null;
  /** "¥12.30", "at least ¥12.30"; "—" without any price. */
  readonly ai_spend: string;
  readonly net_saved: string;
}

interface WorkbenchFigures {
  readonly sessions_handled: number | null;
  readonly avg_first_response: string;
  readonly avg_handle_time: string;
  readonly tickets_resolved: number | null;
  readonly avg_resolution_time: string;
  readonly sla_met_rate: string;
}

/** The case study of a period: a pure function of (reading, locale). */
export function caseStudyOf(reading: PeriodReading, locale: Locale): CaseStudy {
  const metrics = metricsOfPeriod(reading, locale);
  const text: Text = (key) => plannedIn(reading, key, locale);
  const calls = periodUse(reading).calls > 0 ? aiCallFigures(metrics) : {};
  const chatbot = { ...chatbotFigures(metrics, text), ...calls };
  return {
    ...documentHeader(reading, locale),
    highlights: chatbot,
    ai_chatbot: chatbot,
    agent_workbench: workbenchFigures(metrics, text),
    story: tellStory(reading, metrics, locale),
    summary: tellSummary(reading, metrics, locale),
    notes: notesOf(reading, metrics, locale),
    restatements: restatementsOf(reading, locale),
    metrics: Object.fromEntries(metrics),
  };
}

type Text = (key: string) => string;

function chatbotFigures(metrics: PeriodMetrics, text: Text): ChatbotFigures {
  return {
    total_customers_served: valueIn(metrics, "total_sessions"),
    ai_resolution_rate: text("ai_resolution_rate"),
    avg_response_time: text("avg_response_time_ms"),
    cost_saved: text("estimated_cost_saved"),
    order_query_success_rate: text("order_query_success_rate"),
    tracking_query_success_rate: text("tracking_query_success_rate"),
  };
}

function aiCallFigures(metrics: PeriodMetrics): AiCallFigures {
  const formatted = (key: string): string => (metrics.get(key) as ComparedMetric).formatted;
  return {
    ai_calls: valueIn(metrics, "ai_calls"),
    ai_input_tokens: valueIn(metrics, "ai_input_tokens"),
    ai_cached_input_tokens: valueIn(metrics, "ai_cached_input_tokens"),
    ai_output_tokens: valueIn(metrics, "ai_output_tokens"),
    ai_spend: formatted("ai_spend"),
    net_saved: formatted("net_saved"),
  };
}

function workbenchFigures(metrics: PeriodMetrics, text: Text): WorkbenchFigures {
  return {
    sessions_handled: valueIn(metrics, "sessions_handled"),
    avg_first_response: text("avg_first_response_ms"),
    avg_handle_time: text("avg_handle_time_sec"),
    tickets_resolved: valueIn(metrics, "tickets_resolved"),
    avg_resolution_time: text("avg_resolution_hours"),
    sla_met_rate: text("sla_met_rate"),
  };
}

/** A figure in the units that the plan gives its documents: those of pages adapt. */
function plannedIn({ tenant, counters }: PeriodReading, key: string, locale: Locale): string {
  const metric = metricOf(key) as Exclude<MetricDefinition, { kind: "quantile" }>;
  const { value } = partsOf(metric, isKnown({ tenant }, metric) ? counters : unknownCounters(counters));
  return formatPlanned(value, metric.unit, metric.display, locale, tenant.currency);
}

function valueIn(metrics: PeriodMetrics, key: string): number | null {
  return (metrics.get(key) as ComparedMetric).value;
}
