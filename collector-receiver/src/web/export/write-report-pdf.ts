import { NodeCompiler } from "@myriaddreamin/typst-ts-node-compiler";
import { caseStudyOf } from "../../stats/case-study.ts";
import { describeInstant } from "../../stats/describe-period.ts";
import { metricsOfPeriod } from "../../stats/period-metrics.ts";
import { chartsOf } from "../charts/all-charts.ts";
import { bareSvgFile } from "../charts/write-svg.ts";
import { completenessShare } from "../report/read-completeness.ts";
import { changeText, numberText, sampleText, termsText } from "../report/describe-figure.ts";
import type { ReportContext } from "../report/report-context.ts";
import { figureGroupsOf } from "../report/report-figures.ts";
import type { Figure } from "../report/report-figures.ts";
import { reportFontFamily, reportFontFolder } from "./report-fonts.ts";
import { reportTemplate } from "./report-template.ts";

/** Reading the fonts costs some 100 ms, so the compiler is kept; what it caches of earlier reports is not. */
let compiler: NodeCompiler | undefined;

/** Width of a chart in px, drawn for half of an A4 page. */
const chartWidth = 430;

/** The report as PDF: made by Typst in this process, fonts embedded, no browser. */
export function writeReportPdf(context: ReportContext, options: { readonly sampleData: boolean }): Buffer {
  compiler ??= NodeCompiler.create({ fontArgs: [{ fontPaths: [reportFontFolder] }] });
  try {
    return compiler.pdf(
      {
        mainFileContent: reportTemplate,
        inputs: { report: JSON.stringify(documentOf(context, options)) },
        resetRead: true,
      },
      { creationTimestamp: Math.floor(context.material.facts.nowMs / 1000) },
    );
  } finally {
    compiler.evictCache(2);
  }
}

function documentOf(context: ReportContext, { sampleData }: { readonly sampleData: boolean }) {
  const { texts, locale, material } = context;
  const { facts } = material;
  const study = caseStudyOf(facts, locale);
  const instant = describeInstant(facts.nowMs, facts.tenant.timezone, locale);
  const share = completenessShare(material.completeness);
  const groups = figureGroupsOf(context, metricsOfPeriod(facts, locale));
  const compared =
    facts.status === "empty" ? "" : texts.comparedWith(study.compared_with.period, study.compared_with.same_days);
  return {
    title: texts.reportOf(study.period),
    lang: locale.slice(0, 2),
    region: locale === "en" ? "us" : "cn",
    sample: sampleData ? texts.sampleData : null,
    asOf: texts.asOf(instant),
    timezone: texts.timezone(facts.tenant.timezone),
    status: `${texts.statuses[facts.status]} ${compared}`.trim(),
    completeness: share === null ? texts.completenessUnknown : texts.complete(share, instant),
    story: study.story,
    notes: study.notes.map(({ message }) => message),
    groups: groups.map(({ group, reported, figures }) => ({
      title: texts.groups[group],
      missing: reported ? null : texts.neverReported,
      figures: figures.map((figure) => ({
        name: figure.definition.name,
        value: figure.state === "known" ? figure.metric.formatted : "—",
        change: figure.state === "known" ? changeText(figure, context).replace(/^[▲▼＝] /, "") : "",
        aside: figure.state === "known" ? sampleText(figure, context) : null,
      })),
    })),
    chartsTitle: texts.charts,
    charts: chartsOf(context).map(({ title, summary, table, draw, id }) => ({
      title,
      summary,
      svg: draw === null ? null : bareSvgFile(draw(chartWidth, id), reportFontFamily),
      columns: table.columns,
      rows: table.rows.map((row) => row.map(({ text }) => text)),
    })),
    definitionsTitle: texts.definitions,
    definitionColumns: [texts.figure, texts.definition, `${texts.numerator} / ${texts.denominator}`, texts.versionHead],
    definitions: groups.flatMap(({ figures }) =>
      figures.map((figure) => ({
        name: figure.definition.name,
        meaning: figure.definition.meaning,
        formula: figure.definition.formula,
        parts: partsText(figure, context),
        version: `${figure.definition.definition_version} (${figure.definition.since})`,
      })),
    ),
  };
}

/** The numerator and the denominator of this very number. */
function partsText({ metric, definition }: Figure, { locale }: ReportContext): string {
  const part = (value: number | null, terms: string): string[] =>
    value === null ? [] : [`${terms} = ${numberText(value, locale)}`];
  const parts = [
    ...part(metric.numerator, termsText(definition.numerator)),
    ...part(metric.denominator, termsText(definition.denominator)),
  ];
  return parts.length === 0 ? "—" : parts.join("\n");
}
