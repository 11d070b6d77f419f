import { hash } from "node:crypto";
import type { AttributeType } from "@spanledger/sdk/event-catalogue";
import type { CustomSegments } from "./custom-segments.ts";
import type { AlertRules } from "./alert-rules.ts";
import type { CustomWords } from "./custom-words.ts";
import type { LocalText } from "./local-text.ts";
import type { MetricUnit } from "./metric-unit.ts";

/**
 * A product's own events, metrics and words, as they stand in `analytics_settings.custom_definitions`: checked, with
 * every default filled in. `check-definitions.ts` makes them from what a `spanledger.config.ts` says.
 */
export interface CustomDefinitions {
  readonly events: Readonly<Record<string, CustomEvent>>;
  readonly metrics: Readonly<Record<string, CustomMetric>>;
  /** Missing if there are none, so that definitions of 0.2.0 keep their hash. */
  readonly words?: CustomWords;
  /** Missing if no spans are taken for calls of models. */
  readonly aiCalls?: CustomAiCalls;
  /** Missing if there are none. */
  readonly alerts?: AlertRules;
  /** Missing if no values are declared. */
  readonly segments?: CustomSegments;
}

/** Whose spans are looked at for calls of models. */
export interface CustomAiCalls {
  /** `service.name` of the products, sorted. */
  readonly services: readonly string[];
  /** Instrumentation scopes whose spans are passed over, sorted. */
  readonly ignoreScopes: readonly string[];
}

export interface CustomEvent extends LocalText {
  readonly attributes: Readonly<Record<string, CustomAttribute>>;
}

export interface CustomAttribute extends LocalText {
  readonly type: AttributeType;
  readonly required?: true;
  readonly unit?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** In Unicode code points. */
  readonly maxLength?: number;
  /** What a text may be grouped by; another value is stored as it is, and counted as `other`. */
  readonly values?: readonly string[];
  readonly example?: CustomValue;
}

export type CustomValue = string | number | boolean;

/** The groups of a metric: declared, so that they are few and do not depend on the order of arrival. */
export interface CustomGroups {
  readonly attribute: string;
  /** Without `other`, which is what every other value counts as. A boolean's are `true` and `false`. */
  readonly values: readonly string[];
}

interface MetricTexts extends LocalText {
  readonly meaning?: LocalText;
}

interface CountedMetric extends MetricTexts {
  readonly event: string;
  /** Counts only if each attribute has one of its values. */
  readonly where?: Readonly<Record<string, readonly CustomValue[]>>;
  readonly groupBy?: CustomGroups;
}

/** How many events. */
interface CustomCount extends CountedMetric {
  readonly kind: "count";
}

/** The sum of a number; events without it add nothing. */
interface CustomSum extends CountedMetric {
  readonly kind: "sum";
  readonly attribute: string;
  readonly unit: MetricUnit;
  /** Decimals that are kept of each value. */
  readonly decimals: number;
}

/** How many distinct sessions have such an event, by day, ISO week and month. */
interface CustomSessions extends CountedMetric {
  readonly kind: "sessions";
}

/** p50, p90 and p99 of a duration, from mergeable buckets. */
export interface CustomDuration extends CountedMetric {
  readonly kind: "duration";
  readonly attribute: string;
  /** Milliseconds in one unit of the attribute. */
  readonly unitMs: number;
}

/** One metric over another: as a percentage, or, with another unit, as an average. */
export interface CustomRatio extends MetricTexts {
  readonly kind: "ratio";
  readonly numerator: string;
  readonly denominator: string;
  readonly unit: MetricUnit;
}

export type CustomCounter = CustomCount | CustomSum | CustomSessions | CustomDuration;
export type CustomMetric = CustomCounter | CustomRatio;

/** What values outside the declared ones, and missing ones, count as. */
export const otherGroup = "other";

/** Shares of a duration that are answered. */
export const customQuantiles = [50, 90, 99] as const;

/** The key of a quantile: `delivery_time_p90_ms`, as those of the dictionary. */
export function quantileKey(metric: string, percent: number): string {
  return `${metric}_p${percent}_ms`;
}

/** The histogram of a group of a duration metric, in `analytics_duration_histograms.metric`. */
export function groupHistogram(metric: string, group: string): string {
  return `${metric}:${group}`;
}

/** Identifies definitions, texts included: receivers that have the same count the same. */
export function hashDefinitions(definitions: CustomDefinitions): string {
  return hash("sha256", JSON.stringify(definitions), "hex");
}

/** Identifies how a metric is counted: a new name needs no backfill, a new filter does. */
export function hashCounting(metric: CustomCounter): string {
  const where = Object.entries(metric.where ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const own =
    metric.kind === "sum"
      ? [metric.attribute, metric.decimals]
      : metric.kind === "duration"
        ? [metric.attribute, metric.unitMs]
        : [];
  const groups = metric.groupBy ? [metric.groupBy.attribute, metric.groupBy.values.toSorted()] : null;
  const counting = [
    metric.kind,
    metric.event,
    where.map(([name, values]) => [name, values.map(String).toSorted()]),
    own,
    groups,
  ];
  return hash("sha256", JSON.stringify(counting), "hex");
}
