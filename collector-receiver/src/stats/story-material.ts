import { isZero, unsigned } from "../metrics/compare-metric.ts";
import { minSample } from "../metrics/derive-metric.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import type { PeriodReading } from "./read-period.ts";

/** What a story is told from, the same in every language. */
export interface StoryMaterial {
  readonly reading: PeriodReading;
  /** The period is the calendar month of today. */
  readonly isCurrentMonth: boolean;
  /** "2025年12月" */
  readonly periodName: string;
  /** Null: nothing was asked to be compared. */
  readonly comparison: StoryComparison | null;
  /** "12月20日 14:05": up to when a running period is known. */
  readonly asOf: string;
  /** The metric, or undefined if it has no number in this period. */
  readonly known: (key: string) => ComparedMetric | undefined;
  /** A count as text; only of a metric that is known. */
  readonly count: (value: number | null) => string;
}

/** What a summary of three sentences is told from. */
export interface SummaryMaterial extends StoryMaterial {
  /** True for a metric that a shared copy does not mention. */
  readonly isWithheld: (key: string) => boolean;
}

/** The change of a figure, if it can be compared and says something; null for none. */
export function tellableChange({ known }: StoryMaterial, key: string): ComparedMetric["change"] {
  const metric = known(key);
  if (metric?.change == null || metric.previous.value === null || metric.compared.low_sample) return null;
  if (metric.previous.low_sample || (metric.unit === "count" && metric.previous.value < smallCount)) return null;
  return isZero(unsigned(metric.change.formatted)) ? null : metric.change;
}

/** Conversations that ended without a solution, worst first. */
export const leaks = ["outcome_escalated_untaken", "outcome_unanswered", "outcome_not_resolved"] as const;
export type Leak = (typeof leaks)[number];

/** Those of which there are any, and that may be mentioned. */
export function leaksOf({ known, isWithheld, reading }: SummaryMaterial): { leak: Leak; count: number }[] {
  // Where no answers are recorded, nothing says who got none.
  const told = leaks.filter((leak) => leak !== "outcome_unanswered" || reading.tenant.aiAnswered);
  return told
    .filter((leak) => !isWithheld(leak))
    .map((leak) => ({ leak, count: known(leak)?.value ?? 0 }))
    .filter(({ count }) => count > 0);
}

interface AgentsMaterial {
  /** Null: nothing was taken over, or resolved. */
  readonly taken: ComparedMetric | null;
  readonly resolved: ComparedMetric | null;
  readonly wait: ComparedMetric | undefined;
  readonly sla: ComparedMetric | undefined;
}

/** What agents did in the period. */
export function agentsMaterial({ known }: StoryMaterial): AgentsMaterial {
  const some = (key: string): ComparedMetric | null => {
    const metric = known(key);
    return metric === undefined || metric.value === 0 ? null : metric;
  };
  return {
    taken: some("first_takeovers"),
    resolved: some("tickets_resolved"),
    wait: known("avg_first_response_ms"),
    sla: known("sla_met_rate"),
  };
}

export interface StoryComparison {
  readonly mode: "previous" | "year";
  /** The days of the period that are compared; empty if none is over. */
  readonly ownName: string;
  /** The days of the other period. */
  readonly otherName: string;
  readonly ownDays: number;
  readonly otherDays: number;
  /** The period runs: only some of its days are compared. */
  readonly sameDays: boolean;
  /** Nothing was counted in those days of the other period. */
  readonly nothingBefore: boolean;
}

/** Metrics whose change the story tells, in its order. */
export const comparedInStory = [
  "total_sessions",
  "ai_resolution_rate",
  "avg_response_time_ms",
  "sessions_handled",
  "avg_first_response_ms",
  "tickets_resolved",
  "sla_met_rate",
] as const;

/** Fewer than this in the period before, and a change in percent says nothing: both counts are told. */
export const smallCount = minSample;
