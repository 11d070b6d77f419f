import { definedMetrics } from "../../metrics/metric-dictionary.ts";
import type { Drawing } from "./drawing.ts";

/** The charts of a report, in its order. */
export const chartIds = [
  "sessions",
  "hours-conversations",
  "hours-escalations",
  "hours-waits",
  "response-times",
  "queries",
  "tickets",
  "escalation-reasons",
  "agents",
] as const;
/** One more if there are calls of models. */
export type ChartId = (typeof chartIds)[number] | "models";

export interface ChartCell {
  readonly text: string;
  /** As a number, for CSV; absent if the cell is not a number. */
  readonly value?: number | null;
  /** What a rate or a mean was divided from, for CSV. */
  readonly numerator?: number | null;
  readonly denominator?: number | null;
  /** Of a row's head: what it stands for in CSV, the same in every language. */
  readonly key?: string;
  /** Where it leads; absent in shared copies. */
  readonly href?: string;
}

/** The data of a chart for those who cannot see it, or want to copy it. */
export interface ChartTable {
  /** The first column heads its rows. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ChartCell[])[];
  /** What the rows are, for CSV. */
  readonly dimension: "days" | "hour" | "response_time" | "reason" | "agent" | "model";
  /** What the columns after the first measure, for CSV; null: it follows from the others. */
  readonly metrics: readonly (MeasuredColumn | null)[];
}

export interface MeasuredColumn {
  /** Its key in the dictionary. */
  readonly metric: string;
  readonly unit: string;
  /** A segment that the column stands for, beside that of the row: `weekday=1`. */
  readonly within?: string;
}

/** Columns that are metrics of the dictionary. */
export function measuredBy(keys: readonly string[]): MeasuredColumn[] {
  return keys.map((metric) => ({ metric, unit: definedMetrics.find(({ key }) => key === metric)?.unit ?? "count" }));
}

/** One chart of the report: what it shows, in words, as a table and as a drawing. */
export interface ReportChart {
  readonly id: ChartId;
  readonly title: string;
  /** What the drawing shows, in a sentence with its numbers. */
  readonly summary: string;
  readonly table: ChartTable;
  /** Draws it for a width in px; null if there is nothing to draw, `summary` then says why. */
  readonly draw: ((width: number, idPrefix: string) => Drawing) | null;
  /** A page with more than its table; a shared copy has none. */
  readonly more?: { readonly href: string; readonly text: string } | undefined;
}
