import type { Locale } from "../../metrics/format-metric.ts";
import { deriveMetric } from "../../metrics/derive-metric.ts";
import type { Counters, MetricDefinition } from "../../metrics/metric-definition.ts";
import { metricOf } from "../../metrics/metric-dictionary.ts";
import { monthOf } from "../../metrics/business-calendar.ts";
import { describeMonth } from "../../stats/describe-period.ts";
import type { TenantToday } from "../../stats/read-period.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import { renderWaiting, waitingScript, type FirstEvent } from "./render-waiting.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderTable } from "../page/render-table.ts";
import { siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import type { PageFrame } from "../page/page-frame.ts";

const columns = [
  "total_sessions",
  "ai_resolution_rate",
  "avg_response_time_ms",
  "sessions_handled",
  "tickets_resolved",
];

/** While nothing has been counted: how to send the first event. Afterwards every month that has numbers, the latest first, with a link to its report. */
export function renderMonths(
  at: TenantToday,
  months: ReadonlyMap<string, Counters>,
  locale: Locale,
  options: PageFrame,
  first: FirstEvent,
): string {
  const texts = textsOf(locale);
  const current = monthOf(at.today);
  const shown = [...months.keys()].toSorted().toReversed();
  const nameOf = (month: string): string => describeMonth(month, locale);
  const row = (month: string): Html =>
    html`<tr>
      <th scope="row">
        <a href="${linkTo("/report", { month, lang: locale })}">${nameOf(month)}</a
        >${month === current && html` <span class="meta">${texts.stillRunning}</span>`}
      </th>
      ${columns.map((key) => html`<td data-label="${headOf(key)}">${textOf(key, months.get(month) as Counters)}</td>`)}
    </tr>`;
  const headOf = (key: string): string => metricOf(key).name[locale === "en" ? "en" : "zh"];
  const textOf = (key: string, counters: Counters): string => {
    const metric = metricOf(key) as Exclude<MetricDefinition, { kind: "quantile" }>;
    const reported = metric.group === "ai_chatbot" ? at.tenant.chatbotReported : at.tenant.workbenchReported;
    return reported ? deriveMetric(metric, counters, locale, at.tenant.currency).formatted : "—";
  };
  return renderPage({
    locale,
    title: texts.allMonths,
    sampleData: options.sampleData,
    navigation: siteNavigation(locale, linkTo("/", { lang: otherLocale(locale) }), options, {
      more: html`<a href="/docs">${texts.api}</a>`,
      here: "months",
    }),
    main:
      shown.length === 0
        ? renderWaiting(locale, first)
        : html`<h1>${texts.monthlyReports}</h1>
            <p class="meta">${texts.timezone(at.tenant.timezone)}</p>
            ${renderTable(
              texts.monthlyReports,
              html`<th scope="col">${texts.month}</th>
                ${columns.map((key) => html`<th scope="col">${headOf(key)}</th>`)}`,
              shown.map(row),
            )}`,
    footer: html`<p>${texts.footer}</p>`,
    ...(shown.length === 0 ? { script: waitingScript } : {}),
  });
}
