import { locales } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describeInstant } from "../../stats/describe-period.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { StatsReader } from "../../stats/read-period.ts";
import { html } from "../page/html.ts";
import { otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { readReport } from "../report/read-report.ts";
import { renderReportBody } from "../report/render-report.ts";
import { reportContext } from "../report/report-context.ts";

/** Figures over fewer than so many are withheld in a shared copy unless somebody says otherwise. */
export const defaultLeastGroup = 10;

/**
 * The report of a month as it may leave the house, in every language: without links into the data, without
 * names of agents, and without what rests on fewer than `least`.
 * @throws StatsError where `month` is no month
 */
export async function freezeReport(
  reader: StatsReader,
  tenantId: string,
  month: string,
  options: { readonly least: number; readonly expiresAt: Date; readonly sampleData: boolean },
): Promise<Record<Locale, string>> {
  const pages: Partial<Record<Locale, string>> = {};
  for (const locale of locales) {
    const context = reportContext(await readReport(reader, tenantId, month, locale), locale, options.least);
    const { texts, material } = context;
    const { timezone } = material.facts.tenant;
    const other = otherLocale(locale);
    pages[locale] = renderPage({
      locale,
      title: texts.reportOf(describePeriod(material.facts.period, locale)),
      sampleData: options.sampleData,
      navigation: html`<span class="brand">${texts.product}</span>
        <a href="?lang=${other}" lang="${other}" hreflang="${other}">${texts.otherLanguage}</a>`,
      main: renderReportBody(context, { sessionsHref: () => null, pictureHref: () => null }),
      footer: html`<p>
        ${texts.sharedCopy(
          describeInstant(material.facts.nowMs, timezone, locale),
          describeInstant(options.expiresAt.getTime(), timezone, locale),
          String(options.least),
        )}
      </p>`,
    });
  }
  return pages as Record<Locale, string>;
}
