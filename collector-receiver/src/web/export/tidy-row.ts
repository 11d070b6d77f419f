import { calendarPeriodOf } from "../../metrics/calendar-ranges.ts";
import type { DayRange } from "../../metrics/calendar-ranges.ts";
import type { Segment } from "../../metrics/session-segments.ts";
import type { MetricValue } from "../../metrics/derive-metric.ts";
import type { Cell } from "./write-csv.ts";

/** One number: of a metric, over a period, of all or of a segment. */
export interface TidyRow {
  /** `2025-12`, `2025-W52`, `2025-12-25`, or `2025-12-01/2025-12-29`, the last day included. */
  readonly period: string;
  /** Its key in the dictionary. */
  readonly metric: string;
  /** `reason=keyword`; empty for all. */
  readonly segment: string;
  readonly value: number | null;
  readonly unit: string;
  readonly numerator: number | null;
  readonly denominator: number | null;
}

export const tidyHeads = ["period", "metric", "segment", "value", "unit", "numerator", "denominator"] as const;

export const cellsOf = (row: TidyRow): Cell[] => tidyHeads.map((head) => row[head]);

/** A segment as a row names it. */
export const segmentName = (segment: Segment | null): string =>
  segment === null ? "" : `${segment.dimension}=${segment.value}`;

/** Days as a period of a row. */
export const periodName = (days: DayRange): string =>
  calendarPeriodOf(days)?.value ?? `${days.startDate}/${days.endDate}`;

/** The unit of a value; money has its currency. */
export const unitOf = (unit: MetricValue["unit"], currency: string): string => (unit === "currency" ? currency : unit);
