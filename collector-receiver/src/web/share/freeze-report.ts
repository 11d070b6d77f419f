import { locales } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describeInstant, describePeriod } from "../../stats/describe-period.ts";
import type { StatsReader } from "../../stats/read-period.ts";
import { chartsOf } from "../charts/all-charts.ts";
import { drawChartPng } from "../export/draw-chart-png.ts";
import { writeReportCsv } from "../export/write-report-csv.ts";
import { writeReportJson } from "../export/write-report-json.ts";
import { writeReportPdf } from "../export/write-report-pdf.ts";
import { html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { languageLink, siteBrand } from "../page/site-navigation.ts";
import { periodSlug } from "../../stats/name-period.ts";
import type { PeriodQuery } from "../../stats/report-period.ts";
import { readReport } from "../report/read-report.ts";
import { renderReportBody } from "../report/render-report.ts";
import type { FreezeOptions, FrozenFile, FrozenReport } from "./frozen-report.ts";
import { summariseReport, type ReportSummary } from "../report/summarise-report.ts";
import { reportContext } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";

/**
 * The report of a period as it may leave the house, in every language, as a page and as files: without links into
 * the data, without names of agents, and without what rests on fewer than `least`.
 * @throws RequestError if the query is wrong
 */
export async function freezeReport(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  options: FreezeOptions,
): Promise<FrozenReport> {
  const pages: Partial<Record<Locale, string>> = {};
  const summaries: Partial<Record<Locale, ReportSummary>> = {};
  let slug = "";
  const files: FrozenFile[] = [];
  for (const locale of locales) {
    const context = reportContext(await readReport(reader, tenantId, query, locale), locale, options.least);
    slug = periodSlug(context.material.reading.period);
    pages[locale] = freezePage(context, options);
    summaries[locale] = summariseReport(context);
    files.push(...(await freezeFiles(tenantId, context, options)));
  }
  return {
    slug,
    pages: pages as Record<Locale, string>,
    files,
    summaries: summaries as Record<Locale, ReportSummary>,
  };
}

/**
 * The page of such a copy in one language, to be looked at before there is one: without files.
 * @throws RequestError if the query is wrong
 */
export async function previewReport(
  reader: StatsReader,
  tenantId: string,
  { query, locale }: { readonly query: PeriodQuery; readonly locale: Locale },
  options: FreezeOptions,
): Promise<string> {
  const material = await readReport(reader, tenantId, query, locale);
  const preview = { ...material.parameters, least: String(options.least) };
  return freezePage(reportContext(material, locale, options.least), options, preview);
}

/** @param preview what the address of a preview says; null: it is the copy */
function freezePage(
  context: ReportContext,
  options: FreezeOptions,
  preview: Readonly<Record<string, string>> | null = null,
): string {
  const { locale, texts, material } = context;
  const { timezone } = material.reading.tenant;
  // The page does not know the link under which it will be shown: a query alone stays on it.
  const fileHref = (file: string): string => linkTo("", { file, lang: locale });
  return renderPage({
    locale,
    title: texts.reportOf(describePeriod(material.reading.period, locale)),
    sampleData: options.sampleData,
    navigation: html`${siteBrand(locale, null)}
    ${languageLink(locale, linkTo("", { ...preview, lang: otherLocale(locale) }))}`,
    main: renderReportBody(context, {
      pager: null,
      choices: null,
      segments: null,
      downloads: (preview === null ? ["PDF", "CSV", "JSON"] : []).map((kind) => ({
        href: fileHref(`report.${kind.toLowerCase()}`),
        text: kind,
      })),
      behind: () => [],
      pictureHref: (chart) => (preview === null ? fileHref(`${chart}.png`) : null),
      qualityHref: null,
    }),
    footer: html`<p>
      ${texts.sharedCopy(
        describeInstant(material.reading.nowMs, timezone, locale),
        describeInstant(options.expiresAt.getTime(), timezone, locale),
        String(options.least),
      )}
    </p>`,
  });
}

async function freezeFiles(tenantId: string, context: ReportContext, options: FreezeOptions): Promise<FrozenFile[]> {
  const { locale } = context;
  const files: FrozenFile[] = [
    { locale, name: "report.pdf", content: await writeReportPdf(tenantId, context, options) },
    { locale, name: "report.csv", content: Buffer.from(writeReportCsv(context, options)) },
    { locale, name: "report.json", content: Buffer.from(writeReportJson(context, options)) },
  ];
  for (const chart of chartsOf(context)) {
    const content = await drawChartPng(chart, context, options);
    if (content !== null) files.push({ locale, name: `${chart.id}.png`, content });
  }
  return files;
}
