import { deriveMetric } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { metricOf } from "../metrics/metric-dictionary.ts";
import type { Counters, MetricDefinition } from "../metrics/metric-definition.ts";
import { channelDimension, productDimension } from "../metrics/session-segments.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { isKnown, unknownCounters } from "./period-metrics.ts";
import { readPeriod } from "./read-period.ts";
import type { PeriodReading, StatsReader } from "./read-period.ts";
import type { PeriodQuery } from "./report-period.ts";
import { readCustomDefinitions } from "./sql/read-custom-definitions.ts";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { readSegments } from "./sql/read-segment-counters.ts";
import type { CountedSegment } from "./sql/read-segment-counters.ts";

/** What a segment is shown by: volume, resolved, escalated, unanswered, wait, satisfaction. */
export const segmentFigures = [
  "total_sessions",
  "ai_resolved_sessions",
  "ai_resolved_confirmed",
  "ai_resolved_assumed",
  "ai_resolution_rate",
  "escalated_sessions",
  "escalation_rate",
  "outcome_unanswered",
  "avg_first_response_ms",
  "csat_rate",
] as const;
type SegmentFigure = (typeof segmentFigures)[number];

export interface SegmentRow {
  readonly value: string;
  readonly metrics: Record<string, MetricValue>;
}

export interface SegmentDimension {
  readonly dimension: string;
  readonly name: string;
  /** Those with the most conversations first. */
  readonly segments: SegmentRow[];
  /** Conversations of which no value is recorded. */
  readonly not_recorded: number | null;
}

export interface SegmentsDocument extends DocumentHeader {
  readonly dimensions: SegmentDimension[];
}

const names = {
  [channelDimension]: { en: "Channel", zh: "渠道" },
  [productDimension]: { en: "Product", zh: "产品" },
} as const;

/** A dimension as people read it. */
export function dimensionName(dimension: string, locale: Locale, definitions: CustomDefinitions): string {
  const own = definitions.segments?.["session.start"]?.[dimension];
  const known = (names as Readonly<Record<string, { en?: string; zh?: string }>>)[dimension] ?? own;
  return (locale === "zh-CN" ? known?.zh : known?.en) ?? dimension;
}

/** The figures of a segment. */
export function figuresOfSegment(
  counters: Counters,
  { tenant }: Pick<PeriodReading, "tenant">,
  locale: Locale,
): Record<SegmentFigure, MetricValue> {
  const figures = segmentFigures.map((key) => {
    const metric = metricOf(key) as Exclude<MetricDefinition, { kind: "quantile" }>;
    const known = isKnown({ tenant }, metric) ? counters : unknownCounters(counters);
    return [key, deriveMetric(metric, known, locale, tenant.currency)];
  });
  return Object.fromEntries(figures) as Record<SegmentFigure, MetricValue>;
}

/** The segments of a period by dimension, channel and product first. */
export function groupSegments(segments: readonly CountedSegment[]): Map<string, CountedSegment[]> {
  const order = (dimension: string): number => ([channelDimension, productDimension] as string[]).indexOf(dimension);
  const byDimension = Map.groupBy(segments, ({ dimension }) => dimension);
  const rank = (dimension: string): number => (order(dimension) < 0 ? Infinity : order(dimension));
  return new Map([...byDimension].toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : Number(a > b))));
}

/**
 * The segments of a period.
 * @throws RequestError if the query is wrong
 */
export async function readSegmentsDocument(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  locale: Locale,
): Promise<SegmentsDocument> {
  const reading = await readPeriod(reader, tenantId, { ...query, compare: "none" });
  const [segments, { definitions }] = await Promise.all([
    readSegments(reader.pool, tenantId, reading.period),
    readCustomDefinitions(reader.pool, tenantId),
  ]);
  const total = Number(reading.counters.total_sessions);
  return {
    ...documentHeader(reading, locale),
    dimensions: [...groupSegments(segments)].map(([dimension, ofDimension]) => {
      const counted = ofDimension.reduce((sum, { counters }) => sum + Number(counters.total_sessions), 0);
      return {
        dimension,
        name: dimensionName(dimension, locale, definitions),
        segments: ofDimension.map(({ value, counters }) => ({
          value,
          metrics: figuresOfSegment(counters, reading, locale),
        })),
        not_recorded: reading.tenant.chatbotReported ? total - counted : null,
      };
    }),
  };
}
