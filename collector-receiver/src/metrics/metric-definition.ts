import type { LocalText } from "../catalogue/local-text.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import { businessCounterColumns } from "./counter-columns.ts";
import type { CounterColumn } from "./counter-columns.ts";

/**
 * What a metric is: a number defined over counters. Definitions are data; `derive-metric.ts` is the
 * only place that computes from them.
 */

/**
 * Counters of one period as decimal text, as PostgreSQL gives them. A column that is null was not
 * counted for this range (distinct customers do not add up over days).
 */
export type Counters = Readonly<Record<CounterColumn, string | null>>;

/** Nothing was counted: every counter is 0. */
export const noCounters: Counters = Object.fromEntries(businessCounterColumns.map((column) => [column, "0"])) as Record<
  CounterColumn,
  string
>;

export type MetricGroup = "ai_chatbot" | "ai_calls" | "agent_workbench" | "tickets";
export type TimeUnit = "millisecond" | "second" | "minute" | "hour";

/** A sum of counters (or of other terms), some of them subtracted. */
export interface CounterSum<Term extends string = CounterColumn> {
  readonly add: readonly Term[];
  readonly subtract?: readonly Term[];
}

/** What a value is computed from: sums of terms, one or two of them. */
export type SumOrRatio<Term extends string = CounterColumn> =
  | { readonly kind: "sum"; readonly numerator: CounterSum<Term> }
  | {
      readonly kind: "ratio";
      readonly numerator: CounterSum<Term>;
      readonly denominator: CounterSum<Term>;
      readonly factor: number;
      /** The numerator is divided by it: 1000 if it is in ms and the unit is seconds. Default 1. */
      readonly divisor?: number;
    };

/** How a value is written and labelled. */
export interface MetricPresentation {
  readonly unit: MetricUnit;
  readonly display: MetricDisplay;
  readonly estimate?: true;
}

/**
 * How a number is written. A span of time is written in the unit in which it reads best; the plan's keys keep `unit`, and go to
 * the next smaller one if it would read below 1.
 */
export type MetricDisplay =
  | { readonly style: "number" | "percent"; readonly digits: number }
  | {
      readonly style: "currency";
      /** From 100 on; smaller amounts have two, but for the plan's keys. */
      readonly digits: number;
      /** Amounts have no decimals at all. */
      readonly isWhole?: true;
    }
  | {
      readonly style: "duration";
      readonly unit: TimeUnit;
      readonly digits: number;
      /** A trailing zero stays: "1.0秒". */
      readonly keepZero?: true;
      /** Goes to the next smaller unit only if it would read 0. */
      readonly staysInUnit?: true;
      /** Work that adds up: it stays in `unit` everywhere, so that 480 hours are not 20 days. */
      readonly isTotal?: true;
    };

interface MetricBase {
  readonly key: string;
  readonly group: MetricGroup;
  /** Unit of `value`. */
  readonly unit: MetricUnit;
  readonly display: MetricDisplay;
  readonly name: LocalText;
  readonly meaning: LocalText;
  /** Whose events count: the sessions that started in the period, or the events that occurred in it. */
  readonly cohort: "session_start" | "event_time";
  readonly edgeCases?: LocalText;
  /** How comparable products define theirs. */
  readonly peer?: PeerDefinition;
  /** Null for a tenant that has never had an answer of the AI: it says something of the AI. */
  readonly needsAiAnswers?: true;
  /** Labelled an estimate wherever it is shown. */
  readonly estimate?: true;
  readonly definitionVersion: number;
  /** First release with this definition. */
  readonly since: string;
}

/** What comparable products count, and where they say so. */
export interface PeerDefinition extends LocalText {
  readonly source: string;
}

/** A number that is added up: sessions, messages, money. */
export interface CountMetric extends MetricBase {
  readonly kind: "sum";
  readonly numerator: CounterSum;
}

/** numerator × factor / denominator, null if the denominator is 0. */
export interface RatioMetric extends MetricBase {
  readonly kind: "ratio";
  readonly numerator: CounterSum;
  readonly denominator: CounterSum;
  readonly factor: number;
  readonly divisor?: number;
}

/** A quantile of `analytics_duration_histograms`, at most 2 % off. */
interface QuantileMetric extends MetricBase {
  readonly kind: "quantile";
  /** The column `metric` of the histogram. */
  readonly histogram: string;
  readonly quantile: number;
}

export type MetricDefinition = CountMetric | RatioMetric | QuantileMetric;
