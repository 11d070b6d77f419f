import { chartsOf } from "../charts/all-charts.ts";
import type { ChartTable } from "../charts/report-chart.ts";
import { customFiguresOf } from "../report/custom-section.ts";
import type { ReportContext } from "../report/report-context.ts";
import { allFiguresOf, figureGroupsOf } from "../report/report-figures.ts";
import type { Figure, FigureGroup } from "../report/report-figures.ts";
import { storyOf } from "../report/report-story.ts";
import { comparedPartOf } from "../../stats/compared-part.ts";
import type { ComparedDays } from "../../stats/compare-periods.ts";
import type { ComparedMetric } from "../../stats/compared-metric.ts";
import { definedMetrics } from "../../metrics/metric-dictionary.ts";
import { figuresOfSegment } from "../../stats/segments.ts";
import type { CountedValue } from "../../stats/sql/read-value-counts.ts";
import { completenessShare } from "../../stats/sql/read-completeness.ts";
import { cellsOf, periodName, segmentName, tidyHeads, unitOf } from "./tidy-row.ts";
import type { TidyRow } from "./tidy-row.ts";
import { commaStyle, writeCsv } from "./write-csv.ts";
import type { Cell, CsvStyle } from "./write-csv.ts";

/**
 * The report as tidy CSV, one number a row: the figures, those that they are compared with, the product's own metrics,
 * and the segments of the charts. What has to be known before quoting them comes last, as rows of the metric `note`.
 * A figure that is not known, or withheld in a shared copy, has no value.
 */
export function writeReportCsv(
  context: ReportContext,
  options: { readonly sampleData: boolean },
  style: CsvStyle = commaStyle,
): string {
  return writeCsv(rowsOf(context, options), style);
}

function* rowsOf(context: ReportContext, options: { readonly sampleData: boolean }): Iterable<Cell[]> {
  const groups = figureGroupsOf(context);
  yield [...tidyHeads];
  const figures = groups.flatMap((group) => allFiguresOf(group).flatMap((figure) => figureRows(figure, context)));
  yield* [...figures, ...ownRows(context), ...splitRows(context)].map(cellsOf);
  // One chart after the other: 20,000 agents are 200,000 rows.
  for (const { table } of chartsOf(context)) for (const row of segmentRows(table, context)) yield cellsOf(row);
  yield* noteRows(context, groups, options).map(cellsOf);
}

/** A figure of the period, and the values of both sides of its comparison. */
function figureRows({ key, metric, state, previousWithheld }: Figure, context: ReportContext): TidyRow[] {
  const { reading } = context.material;
  const row = rowOf(key, metric, context);
  if (state === "withheld") return [{ ...row, value: null, numerator: null, denominator: null }];
  const definition = definedMetrics.find((one) => one.key === key);
  const days = definition === undefined ? null : (reading.comparison?.days[comparedPartOf(definition)] ?? null);
  return [row, ...(previousWithheld ? [] : comparedRows(row, metric, days))];
}

/** What a change was reckoned from; not the own side if it is the whole period. */
function comparedRows(row: TidyRow, metric: ComparedMetric, days: ComparedDays | null): TidyRow[] {
  if (days === null) return [];
  const sides = [
    { period: periodName(days.now), value: metric.compared.value },
    { period: periodName(days.before), value: metric.previous.value },
  ];
  return sides
    .filter(({ period, value }) => value !== null && period !== row.period)
    .map((side) => ({ ...row, ...side, numerator: null, denominator: null }));
}

function ownRows(context: ReportContext): TidyRow[] {
  return customFiguresOf(context).flatMap((figure) => [
    rowOf(figure.key, figure, context),
    ...figure.groups.map((group) => ({
      ...rowOf(figure.key, group, context),
      segment: `${figure.group_by ?? "group"}=${group.group}`,
    })),
  ]);
}

/** The figures of each segment; none in a shared copy, where a segment may rest on few. */
function splitRows(context: ReportContext): TidyRow[] {
  const { material, locale, least } = context;
  if (least !== null) return [];
  const { counted, values } = material.segments;
  return [
    ...counted.flatMap((segment) =>
      Object.entries(figuresOfSegment(segment.counters, material.reading, locale))
        .filter(([, { value }]) => value !== null)
        .map(([key, value]) => ({ ...rowOf(key, value, context), segment: segmentName(segment) })),
    ),
    ...values.map((counted) => valueRow(counted, context)),
  ];
}

/** Look-ups by value as their rate of success, tickets as their number. */
function valueRow({ event, attribute, value, events, succeeded }: CountedValue, context: ReportContext): TidyRow {
  const rate = { "query.order": "order_query_success_rate", "query.tracking": "tracking_query_success_rate" }[event];
  const segment = `${attribute}=${value}`;
  if (rate === undefined) {
    const count = { value: events, unit: "count", numerator: events, denominator: null } as const;
    return { ...rowOf(event === "ticket.created" ? "tickets_created" : event, count, context), segment };
  }
  const percent = Number(((succeeded / events) * 100).toFixed(6));
  const share = { value: percent, unit: "percent", numerator: succeeded, denominator: events } as const;
  return { ...rowOf(rate, share, context), segment };
}

function rowOf(
  metric: string,
  { value, unit, numerator, denominator }: Pick<ComparedMetric, "value" | "unit" | "numerator" | "denominator">,
  { material: { reading } }: ReportContext,
): TidyRow {
  const { currency } = reading.tenant;
  return {
    period: periodName(reading.period),
    metric,
    segment: segmentName(reading.segment),
    value,
    unit: unitOf(unit, currency),
    numerator,
    denominator,
  };
}

/**
 * The cells of a chart's table, without those in which nothing was counted. Days are in a file of their own, and here
 * only in shared copies, which have no other.
 */
function* segmentRows({ dimension, metrics, rows }: ChartTable, { material, least }: ReportContext): Iterable<TidyRow> {
  if (dimension === "days" && least === null) return;
  const period = periodName(material.reading.period);
  for (const [head, ...cells] of rows) {
    const segment = `${dimension}=${head?.key ?? head?.text ?? ""}`;
    for (const [i, { value, numerator = null, denominator = null }] of cells.entries()) {
      const measured = metrics[i];
      const isCounted = value != null && (value !== 0 || (denominator ?? 0) > 0);
      if (measured == null || !isCounted) continue;
      const { metric, unit, within } = measured;
      const of = within === undefined ? segment : `${within} ${segment}`;
      yield { period, metric, unit, segment: of, value, numerator, denominator };
    }
  }
}

/** The state of the period, how complete it is, the summary, and the notes: texts, in the place of a segment. */
function noteRows(
  context: ReportContext,
  groups: readonly FigureGroup[],
  { sampleData }: { readonly sampleData: boolean },
): TidyRow[] {
  const { texts, material } = context;
  const { reading } = material;
  const story = storyOf(context, groups);
  const empty = { period: periodName(reading.period), value: null, unit: "", numerator: null, denominator: null };
  const isWithheld = groups.flatMap(allFiguresOf).some(({ state }) => state === "withheld");
  const share = completenessShare(material.completeness);
  const notes = [
    ...(sampleData ? [texts.sampleData] : []),
    texts.statuses[reading.status],
    ...(isWithheld && context.least !== null ? [texts.chart.withheld(context.least)] : []),
    ...story.notes,
  ];
  return [
    { ...empty, metric: "status", segment: reading.status },
    { ...empty, metric: "completeness", segment: "", value: share === null ? null : Number(share), unit: "percent" },
    ...(story.withheld ? [] : [{ ...empty, metric: "summary", segment: story.text }]),
    ...notes.map((segment) => ({ ...empty, metric: "note", segment })),
  ];
}
