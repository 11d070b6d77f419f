import { addMonths, monthOf } from "../../metrics/business-calendar.ts";
import { caseStudyOf } from "../../stats/case-study.ts";
import { describeInstant, describePeriod } from "../../stats/describe-period.ts";
import { metricsOfPeriod } from "../../stats/period-metrics.ts";
import { chartsOf } from "../charts/all-charts.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { completenessShare } from "./read-completeness.ts";
import { renderChart } from "./render-chart.ts";
import { renderFigure } from "./render-figure.ts";
import { countText } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";
import { figureGroupsOf } from "./report-figures.ts";
import type { FigureGroup } from "./report-figures.ts";
import { sessionListOf } from "../sessions/session-lists.ts";

/** The report as a page. */
export function renderReport(context: ReportContext, options: { readonly sampleData: boolean }): string {
  const { texts, locale, material } = context;
  const { month, facts } = material;
  const period = describePeriod(facts.period, locale);
  const at = (path: string): string => linkTo(path, { month, lang: locale });
  const to = (other: string): string => linkTo("/report", { month: other, lang: locale });
  const nameOf = (other: string): string =>
    describePeriod({ month: other, startDate: `${other}-01`, endDate: `${other}-01` }, locale);
  const [before, after] = [addMonths(month, -1), addMonths(month, 1)];
  return renderPage({
    locale,
    title: texts.reportOf(period),
    sampleData: options.sampleData,
    navigation: html`<a class="brand" href="${linkTo("/", { lang: locale })}">${texts.product}</a>
      <a href="${to(before)}">${texts.earlier(nameOf(before))}</a>
      ${month < monthOf(facts.today) && html`<a href="${to(after)}">${texts.later(nameOf(after))}</a>`}
      <a href="${linkTo("/", { lang: locale })}">${texts.allMonths}</a>
      <a href="${linkTo("/live", { lang: locale })}">${texts.liveWall}</a>
      <a
        href="${linkTo("/report", { month, lang: otherLocale(locale) })}"
        lang="${otherLocale(locale)}"
        hreflang="${otherLocale(locale)}"
        >${texts.otherLanguage}</a
      >`,
    main: renderReportBody(context, {
      sessionsHref: (key) => {
        const list = sessionListOf(key);
        return list === null ? null : linkTo("/report/sessions", { month, of: list, lang: locale });
      },
      pictureHref: (chart) => at(`/report/charts/${chart}.png`),
    }),
    footer: html`<p>${texts.footer}</p>
      <nav aria-label="${texts.downloads}">
        <a href="${at("/report.pdf")}">PDF</a> <a href="${at("/report.csv")}">CSV</a>
        <a href="${linkTo("/api/analytics/case-study", { month, lang: locale })}">JSON</a>
      </nav>`,
  });
}

export interface ReportLinks {
  readonly sessionsHref: (figureKey: string) => string | null;
  readonly pictureHref: (chartId: string) => string | null;
}

/** What stands between the navigation and the footer: the same in a shared copy, without its links. */
export function renderReportBody(context: ReportContext, links: ReportLinks): Html {
  const { texts, locale, material } = context;
  const { facts } = material;
  const metrics = metricsOfPeriod(facts, locale);
  const groups = figureGroupsOf(context, metrics);
  const study = caseStudyOf(facts, locale);
  const instant = describeInstant(facts.nowMs, facts.tenant.timezone, locale);
  const compared = study.compared_with;
  return html`<h1>${texts.reportOf(study.period)}</h1>
    <p class="meta">${texts.asOf(instant)} · ${texts.timezone(facts.tenant.timezone)}</p>
    <p class="meta">
      ${texts.statuses[facts.status]}
      ${facts.status !== "empty" && texts.comparedWith(compared.period, compared.same_days)}
    </p>
    ${renderCompleteness(context, instant)} ${renderStory(context, groups, study)}
    ${groups.map((group) => renderGroup(group, context, links))}
    <h2>${texts.charts}</h2>
    <div class="grid-of-charts">
      ${chartsOf(context).map((chart) => renderChart(chart, context, links.pictureHref(chart.id)))}
    </div>`;
}

function renderStory(
  context: ReportContext,
  groups: readonly FigureGroup[],
  study: ReturnType<typeof caseStudyOf>,
): Html {
  const { texts, least, material, locale } = context;
  // A story and notes quote numbers that are withheld: then there is none in this copy.
  const counters = material.facts.counters;
  const small = ["ai_resolved_idle", "reused_session_ids"] as const;
  const withheld =
    least !== null &&
    (groups.some(({ figures }) =>
      figures.some(({ state, previousWithheld }) => state === "withheld" || previousWithheld),
    ) ||
      small.some((column) => Number(counters[column]) > 0 && Number(counters[column]) < least));
  const notes = withheld ? [] : study.notes;
  return html`<section aria-labelledby="story">
    <h2 id="story">${texts.story}</h2>
    <div class="story"><p>${withheld ? texts.storyWithheld(countText(least ?? 0, locale)) : study.story}</p></div>
    ${
      notes.length > 0 &&
      html`<h3>${texts.notes}</h3>
        <ul class="notes">
          ${notes.map(({ message }) => html`<li>${message}</li>`)}
        </ul>`
    }
  </section>`;
}

function renderGroup({ group, reported, figures }: FigureGroup, context: ReportContext, links: ReportLinks): Fragment {
  const { texts } = context;
  const id = `figures-${group}`;
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${texts.groups[group]}</h2>
    ${!reported && html`<p>${texts.neverReported}</p>`}
    <div class="grid-of-figures">
      ${figures.map((figure) => renderFigure(figure, context, links.sessionsHref(figure.key)))}
    </div>
  </section>`;
}

/** "99.98 % of what the products recorded, as of 14:05", with the numbers behind it. */
function renderCompleteness({ texts, locale, material, least }: ReportContext, instant: string): Html {
  const { completeness } = material;
  const share = completenessShare(completeness);
  if (share === null) return html`<p class="badge">${texts.completenessUnknown}</p>`;
  const count = (value: number): string => countText(value, locale);
  const gap = completeness.missing + completeness.dropped > 0;
  return html`<p class="badge${gap && " gap"}">${texts.complete(share, instant)}</p>
    ${least === null && html`<p class="meta">${texts.completeNumbers(count(completeness.recorded), count(completeness.missing), count(completeness.dropped))}</p>`}`;
}
