import { stringify } from "csv-stringify/sync";
import type { CustomFigure } from "../../stats/custom-metrics.ts";
import type { ComparedMetric } from "../../stats/period-metrics.ts";
import { customFiguresOf, customTitle } from "../report/custom-section.ts";
import { describeInstant, describePeriod } from "../../stats/describe-period.ts";
import { chartsOf } from "../charts/all-charts.ts";
import { comparisonText } from "../report/describe-comparison.ts";
import type { ReportContext } from "../report/report-context.ts";
import { allFiguresOf, figureGroupsOf } from "../report/report-figures.ts";
import type { Figure } from "../report/report-figures.ts";
import { storyOf } from "../report/report-story.ts";
import { completenessText } from "../report/describe-completeness.ts";

import { readableText } from "../page/html.ts";

export type Cell = string | number | null;

const heads = {
  en: [
    "Group",
    "Key",
    "Figure",
    "Value",
    "Unit",
    "As text",
    "Numerator",
    "Denominator",
    "Compared",
    "Before",
    "By the day",
    "Change",
    "Change in",
    "Low sample",
    "Estimate",
    "Definition version",
  ],
  "zh-CN": [
    "分组",
    "键名",
    "指标",
    "数值",
    "单位",
    "显示",
    "分子",
    "分母",
    "本期对比值",
    "对比期",
    "按日均",
    "变化",
    "变化单位",
    "样本少",
    "估算",
    "口径版本",
  ],
} as const;

/**
 * The report as CSV: the figures, then the data of each chart, with a byte order mark, without which Excel
 * reads Chinese as another encoding.
 */
export function writeReportCsv(context: ReportContext, options: { readonly sampleData: boolean }): string {
  const { texts, locale, material } = context;
  const { reading } = material;
  const groups = figureGroupsOf(context);
  const story = storyOf(context, groups);
  const comparison = comparisonText(context);
  const rows: Cell[][] = [
    [texts.reportOf(describePeriod(reading.period, locale))],
    [
      texts.asOf(describeInstant(reading.nowMs, reading.tenant.timezone, locale)),
      texts.timezone(reading.tenant.timezone),
    ],
    [texts.statuses[reading.status]],
    ...(comparison === "" ? [] : [[comparison]]),
    [completenessText(context)],
    [story.text],
    ...story.notes.map((note) => [note]),
    ...(options.sampleData ? [[texts.sampleData]] : []),
    [],
    [...heads[locale]],
  ];
  for (const group of groups) {
    rows.push(...allFiguresOf(group).map((figure) => figureRow(texts.groups[group.group], figure, context)));
  }
  for (const figure of customFiguresOf(context)) {
    rows.push(customRow(figure.name, figure, figure, context));
    for (const group of figure.groups) rows.push(customRow(`${figure.name}: ${group.group}`, group, figure, context));
  }
  for (const { title, summary, table } of chartsOf(context)) {
    rows.push([], [title], [summary]);
    if (table.rows.length === 0) continue;
    rows.push([...table.columns]);
    for (const row of table.rows) rows.push(row.map(({ text, value }) => (value === undefined ? text : value)));
  }
  return stringify(
    rows.map((row) => row.map(plainCell)),
    // Outside quotes, a program splits at the `;` or tab of its locale, and at a line feed alone.
    { bom: true, record_delimiter: "windows", quoted_match: /[;\t\r\n]/ },
  );
}

function figureRow(
  group: string,
  { key, definition, metric, state, previousWithheld }: Figure,
  { texts, material }: ReportContext,
): Cell[] {
  const shown = state !== "withheld";
  const compared = shown && !previousWithheld;
  return [
    group,
    key,
    definition.name,
    shown ? metric.value : null,
    metric.unit === "currency" ? material.reading.tenant.currency : metric.unit,
    shown ? metric.formatted : texts.withheld,
    shown ? metric.numerator : null,
    shown ? metric.denominator : null,
    compared ? metric.compared.value : null,
    compared ? metric.previous.value : null,
    compared ? (metric.by_day ? 1 : 0) : null,
    compared ? (metric.change?.value ?? null) : null,
    compared ? (metric.change?.unit ?? null) : null,
    shown ? (metric.low_sample ? 1 : 0) : null,
    metric.estimate === true ? 1 : 0,
    definition.definition_version,
  ];
}

/** A metric of a product's own, or a group of it, in the columns of the others. */
function customRow(
  name: string,
  metric: ComparedMetric,
  { key }: CustomFigure,
  { locale, material }: ReportContext,
): Cell[] {
  return [
    customTitle(locale),
    key,
    name,
    metric.value,
    metric.unit === "currency" ? material.reading.tenant.currency : metric.unit,
    metric.formatted,
    metric.numerator,
    metric.denominator,
    metric.compared.value,
    metric.previous.value,
    metric.by_day ? 1 : 0,
    metric.change?.value ?? null,
    metric.change?.unit ?? null,
    metric.low_sample ? 1 : 0,
    0,
    null,
  ];
}

/**
 * Begins a formula in a spreadsheet: the characters that OWASP lists and their full-width forms, also after white space.
 * A cell that begins with tab, CR or LF begins with the next character once a program trims it.
 */
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

/** Agents' names and reasons come from outside: an apostrophe keeps a spreadsheet from computing them. */
export function plainCell(cell: Cell): Cell {
  if (typeof cell !== "string") return cell;
  const text = readableText(cell);
  return formula.test(text) ? `'${text}` : text;
}
