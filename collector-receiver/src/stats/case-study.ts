import type { Locale } from "../metrics/format-metric.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { notesOf } from "./document-notes.ts";
import type { DocumentNote } from "./document-notes.ts";
import { metricsOfPeriod } from "./period-metrics.ts";
import type { ComparedMetric, PeriodMetrics } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";
import { restatementsOf } from "./restatements.ts";
import type { RestatedMonth } from "./restatements.ts";
import { tellStory } from "./tell-story.ts";

/** The plan's step 15 (and step 10's `highlights`): null and "—" for what is not known. */
export interface CaseStudy extends DocumentHeader {
  readonly highlights: ChatbotFigures;
  readonly ai_chatbot: ChatbotFigures;
  readonly agent_workbench: WorkbenchFigures;
  readonly story: string;
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
  const chatbot = chatbotFigures(metrics);
  return {
    ...documentHeader(reading, locale),
    highlights: chatbot,
    ai_chatbot: chatbot,
    agent_workbench: workbenchFigures(metrics),
    story: tellStory(reading, metrics, locale),
    notes: notesOf(reading, metrics, locale),
    restatements: restatementsOf(reading, locale),
    metrics: Object.fromEntries(metrics),
  };
}

function chatbotFigures(metrics: PeriodMetrics): ChatbotFigures {
  return {
    total_customers_served: valueIn(metrics, "total_sessions"),
    ai_resolution_rate: textIn(metrics, "ai_resolution_rate"),
    avg_response_time: textIn(metrics, "avg_response_time_ms"),
    cost_saved: textIn(metrics, "estimated_cost_saved"),
    order_query_success_rate: textIn(metrics, "order_query_success_rate"),
    tracking_query_success_rate: textIn(metrics, "tracking_query_success_rate"),
  };
}

function workbenchFigures(metrics: PeriodMetrics): WorkbenchFigures {
  return {
    sessions_handled: valueIn(metrics, "sessions_handled"),
    avg_first_response: textIn(metrics, "avg_first_response_ms"),
    avg_handle_time: textIn(metrics, "avg_handle_time_sec"),
    tickets_resolved: valueIn(metrics, "tickets_resolved"),
    avg_resolution_time: textIn(metrics, "avg_resolution_hours"),
    sla_met_rate: textIn(metrics, "sla_met_rate"),
  };
}

function valueIn(metrics: PeriodMetrics, key: string): number | null {
  return (metrics.get(key) as ComparedMetric).value;
}

function textIn(metrics: PeriodMetrics, key: string): string {
  return (metrics.get(key) as ComparedMetric).formatted;
}
