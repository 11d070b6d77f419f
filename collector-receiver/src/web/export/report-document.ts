import type { CustomFigure } from "../../stats/custom-metrics.ts";
import { customChangeText, customFiguresOf, customTitle } from "../report/custom-section.ts";
import { describeInstant } from "../../stats/describe-period.ts";
import { documentHeader } from "../../stats/document-header.ts";
import { sparklineDrawing } from "../charts/draw-sparkline.ts";
import { dailyLineOf } from "../report/daily-line.ts";
import { chartsOf } from "../charts/all-charts.ts";
import type { ReportChart } from "../charts/report-chart.ts";
import { bareSvgFile, sparklineFile } from "../charts/write-svg.ts";
import { segmentText } from "../report/render-segments.ts";
import { completenessText } from "../report/describe-completeness.ts";
import { comparisonText } from "../report/describe-comparison.ts";
import { changeText, goalWords, hasBefore, numberText, sampleText, termsText } from "../report/describe-figure.ts";
import type { ReportContext } from "../report/report-context.ts";
import { allFiguresOf, figureGroupsOf } from "../report/report-figures.ts";
import type { Figure } from "../report/report-figures.ts";
import { outcomeLinesOf, outcomesTitle } from "../report/render-outcomes.ts";
import { sparklineOf } from "../report/sparkline-of.ts";
import { isInStrip, stripFiguresOf } from "../report/strip-figures.ts";
import type { StripFigure } from "../report/strip-figures.ts";
import { storyOf } from "../report/report-story.ts";
import { reportFontFamily } from "./report-fonts.ts";

/** Width of a chart in px, drawn for half of an A4 page. */
const chartWidth = 430;

/** What the small lines are, once below them. */
const stripNotes = {
  en: "Lines by day; grey: the period before; dashed: may still change.",
  "zh-CN": "曲线为每日数值；灰色为上期；虚线部分仍可能变化。",
} as const;

/** What the template shows, as data: the words and numbers of the page, in its order. */
export function reportDocument(context: ReportContext, { sampleData }: { readonly sampleData: boolean }) {
  const { texts, locale, material } = context;
  const { reading } = material;
  const header = documentHeader(reading, locale);
  const instant = describeInstant(reading.nowMs, reading.tenant.timezone, locale);
  const groups = figureGroupsOf(context);
  const story = storyOf(context, groups);
  const own = customFiguresOf(context);
  return {
    title: texts.reportOf(header.period),
    lang: locale.slice(0, 2),
    region: locale === "en" ? "us" : "cn",
    sample: sampleData ? texts.sampleData : null,
    asOf: texts.asOf(instant),
    timezone: texts.timezone(reading.tenant.timezone),
    tenant: material.branding.name,
    status: [segmentText(context), texts.statuses[reading.status], comparisonText(context)]
      .filter((text) => text !== null && text !== "")
      .join(" "),
    completeness: completenessText(context),
    strip: stripFiguresOf(context, groups).map((figure) => shownKeyFigure(figure, context)),
    stripNote: stripNotes[locale],
    storyTitle: texts.story,
    story: story.text,
    notesTitle: texts.notes,
    notes: story.notes,
    outcomesTitle: outcomesTitle(locale),
    outcomes: outcomeLinesOf(context),
    moreTitle: texts.moreFigures,
    groups: groupsOf(groups, own, context),
    chartsTitle: texts.charts,
    charts: chartsOf(context).map(shownChart),
    definitionsTitle: texts.definitions,
    dataTitle: texts.chartData,
    definitionColumns: [texts.figure, texts.definition, `${texts.numerator} / ${texts.denominator}`, texts.versionHead],
    definitions: definitionsOf(groups, own, context),
  };
}

/** A figure of the first screen: its value, its change in words, and its line by day. */
function shownKeyFigure({ title, figure, beside, caution }: StripFigure, context: ReportContext) {
  const { key, state } = figure;
  const line = state === "known" || state === "no_value" ? dailyLineOf(context, key) : null;
  const drawing = line === null ? null : sparklineDrawing(sparklineOf(key, line));
  return {
    ...shownFigure(figure, context),
    name: title,
    asides: [state === "known" ? goalWords(figure.metric, context) : null, beside, caution].filter(
      (text) => text !== null,
    ),
    svg: drawing === null ? null : sparklineFile(drawing),
  };
}

type Groups = ReturnType<typeof figureGroupsOf>;

function groupsOf(groups: Groups, own: readonly CustomFigure[], context: ReportContext) {
  const { texts, locale } = context;
  const shown = groups.map(({ group, reported, figures, more }) => ({
    title: texts.groups[group],
    missing: reported ? null : texts.neverReported,
    figures: figures.filter(({ key }) => !isInStrip(key)).map((figure) => shownFigure(figure, context)),
    more: reported ? more.map((figure) => shownFigure(figure, context)) : [],
  }));
  if (own.length === 0) return shown;
  const figures = own.map((figure) => shownOwn(figure, context));
  return [...shown, { title: customTitle(locale), missing: null, figures, more: [] }];
}

function shownChart({ title, summary, table, draw, id }: ReportChart) {
  return {
    title,
    summary,
    svg: draw === null ? null : bareSvgFile(draw(chartWidth, id), reportFontFamily),
    columns: table.columns,
    rows: table.rows.map((row) => row.map(({ text }) => text)),
    // Wider than half a page.
    wide: table.columns.length > 5,
  };
}

function definitionsOf(groups: Groups, own: readonly CustomFigure[], context: ReportContext) {
  return [
    ...groups.flatMap((group) =>
      allFiguresOf(group).map((figure) => ({
        name: figure.definition.name,
        meaning: figure.definition.meaning,
        formula: figure.definition.formula,
        parts: partsText(figure, context),
        version: `${figure.definition.definition_version} (${figure.definition.since})`,
      })),
    ),
    ...own.map(({ name, meaning, formula, groups: parts }) => ({
      name,
      meaning: meaning ?? "",
      formula,
      parts: parts.map(({ group, formatted }) => `${group}: ${formatted}`).join("\n") || "—",
      version: "—",
    })),
  ];
}

function shownFigure(figure: Figure, context: ReportContext) {
  const { definition, metric, state } = figure;
  const known = state === "known";
  return {
    name: definition.name,
    value: known ? metric.formatted : state === "withheld" ? context.texts.withheld : "—",
    known,
    change: known && hasBefore(context) ? changeText(figure, context).replace(/^[▲▼＝] /, "") : "",
    aside: known ? asideOf(figure, context) : null,
  };
}

/** What has to be known of a figure, and whether it reaches its goal. */
function asideOf(figure: Figure, context: ReportContext): string | null {
  const parts = [goalWords(figure.metric, context), sampleText(figure, context)].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(context.locale === "zh-CN" ? "；" : "; ");
}

function shownOwn(figure: CustomFigure, { texts }: ReportContext) {
  return {
    name: figure.name,
    value: figure.formatted,
    known: figure.value !== null,
    change: figure.change === null ? "" : customChangeText(figure, texts).replace(/^[▲▼＝] /, ""),
    aside: figure.meaning,
  };
}

/** The numerator and the denominator of this very number. */
function partsText({ metric, definition, state }: Figure, { locale, texts }: ReportContext): string {
  if (state === "withheld") return texts.withheld;
  const part = (value: number | null, terms: string): string[] =>
    value === null ? [] : [`${terms} = ${numberText(value, locale)}`];
  const parts = [
    ...part(metric.numerator, termsText(definition.numerator)),
    ...part(metric.denominator, termsText(definition.denominator)),
  ];
  return parts.length === 0 ? "—" : parts.join("\n");
}
