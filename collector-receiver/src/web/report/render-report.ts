import { comparisonModes } from "../../stats/compare-periods.ts";
import type { ComparisonMode } from "../../stats/compare-periods.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import { chartsOf } from "../charts/all-charts.ts";
import { html, trusted } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { siteNavigation } from "../page/site-navigation.ts";
import { qualityTexts } from "../quality/quality-texts.ts";
import { shareTexts } from "../share/share-texts.ts";
import { behindLinks } from "./behind-links.ts";
import { comparedName } from "./describe-comparison.ts";
import { renderCustomSection } from "./custom-section.ts";
import { renderChart, widestDrawing } from "./render-chart.ts";
import { renderFigure, renderFigureLine } from "./render-figure.ts";
import type { BehindLink } from "./render-figure.ts";
import type { ReportContext } from "./report-context.ts";
import { figureGroupsOf } from "./report-figures.ts";
import type { FigureGroup } from "./report-figures.ts";
import { outcomesTitle, renderOutcomes } from "./render-outcomes.ts";
import { hourChartIds, hourChartName } from "../charts/chart-hours.ts";
import type { ReportChart } from "../charts/report-chart.ts";
import { renderPager, renderPicker } from "./render-period-choice.ts";
import { renderStatus } from "./render-status.ts";
import { renderStrip } from "./render-strip.ts";
import { renderClearFilter, renderSegments } from "./render-segments.ts";
import { storyOf } from "./report-story.ts";
import { isInStrip, stripFiguresOf } from "./strip-figures.ts";
import type { PageFrame } from "../page/page-frame.ts";

/** The report as a page. */
export function renderReport(context: ReportContext, options: PageFrame): string {
  const { texts, locale, material } = context;
  const { parameters, reading } = material;
  const mode: ComparisonMode = reading.comparison?.mode ?? "none";
  const compare = mode === "previous" ? null : mode;
  const at = (path: string): string => linkTo(path, { ...parameters, compare, lang: locale });
  return renderPage({
    locale,
    title: texts.reportOf(describePeriod(reading.period, locale)),
    sampleData: options.sampleData,
    navigation: siteNavigation(
      locale,
      linkTo("/report", { ...parameters, compare, lang: otherLocale(locale) }),
      options,
    ),
    main: renderReportBody(context, {
      pager: renderPager(context, compare),
      choices: html`${renderClearFilter(context, compare)} ${renderComparisons(context, mode)}
      ${renderPicker(context, compare)}`,
      segments: renderSegments(context, compare),
      downloads: [
        { href: at("/report.pdf"), text: "PDF" },
        { href: at("/report.csv"), text: "CSV" },
        { href: linkTo("/report.csv", { ...parameters, by: "day", lang: locale }), text: texts.csvByDay },
        { href: at("/api/analytics/case-study"), text: "JSON" },
        { href: linkTo("/report/share", { ...parameters, lang: locale }), text: shareTexts[locale].link },
      ],
      behind: (key) => behindLinks(context, key),
      pictureHref: (chart) => at(`/report/charts/${chart}.png`),
      qualityHref: linkTo("/data-quality", { ...parameters, lang: locale }),
    }),
    footer: html`<p>${texts.footer}</p>`,
  });
}

/** What the report is compared with, and what else it can be: the present choice without a link. */
function renderComparisons(context: ReportContext, mode: ComparisonMode): Html {
  const { texts, locale, material } = context;
  const { comparison } = texts;
  const choice = (one: ComparisonMode): Html =>
    one === mode
      ? html`<strong aria-current="true">${comparison.modes[one]}</strong>`
      : html`<a
          href="${linkTo("/report", { ...material.parameters, compare: one === "previous" ? null : one, lang: locale })}"
          >${comparison.modes[one]}</a
        >`;
  return html`<details class="menu no-print" name="choice">
    <summary>${comparedName(context)}</summary>
    <div class="choices">
      <nav aria-label="${comparison.with}">${comparisonModes.map(choice)}</nav>
    </div>
  </details>`;
}

export interface ReportLinks {
  readonly pager: Fragment;
  /** Of the comparison and of the period; null: nothing can be chosen. */
  readonly choices: Fragment;
  /** Conversations by dimension; null in a shared copy. */
  readonly segments: Fragment;
  readonly downloads: readonly BehindLink[];
  readonly behind: (figureKey: string) => readonly BehindLink[];
  readonly pictureHref: (chartId: string) => string | null;
  /** The page of data quality; null in a shared copy. */
  readonly qualityHref: string | null;
}

/** What stands between the navigation and the footer: the same in a shared copy, with links of its own. */
export function renderReportBody(context: ReportContext, links: ReportLinks): Html {
  const { texts, material } = context;
  const { reading } = material;
  const groups = figureGroupsOf(context);
  const charts = chartsOf(context);
  const first = charts.filter(({ id }) => id === "sessions");
  const ofHours = charts.filter(({ id }) => hourChartIds.some((hourChart) => hourChart === id));
  const others = charts.filter((chart) => !first.includes(chart) && !ofHours.includes(chart));
  const render = (chart: ReportChart, width?: number): Html =>
    renderChart(chart, context, links.pictureHref(chart.id), width);
  return html`<div class="title-row">
      <h1>${describePeriod(reading.period, context.locale)}</h1>
      ${links.pager}
    </div>
    ${renderStatus(context, links.choices)} ${renderStrip(stripFiguresOf(context, groups), context, links.behind)}
    <nav class="downloads no-print" aria-label="${texts.downloads}">
      ${links.downloads.map(({ href, text }) => html`<a class="button" href="${href}">${text}</a>`)}
    </nav>
    ${renderStory(context, groups, links)}
    <section aria-labelledby="what-became">
      <h2 id="what-became">${outcomesTitle(context.locale)}</h2>
      <div class="grid-of-charts">${renderOutcomes(context, links.behind)} ${first.map((chart) => render(chart))}</div>
      ${
        ofHours.length > 0 &&
        html`<div class="card hours">
          ${ofHours.map(
            (chart, place) =>
              html`<details name="hours" ${place === 0 && trusted("open")}>
                <summary>${hourChartName(hourChartIds[place] ?? "hours-waits", context.locale)}</summary>
                ${render(chart, widestDrawing)}
              </details>`,
          )}
        </div>`
      }
    </section>
    ${links.segments} ${groups.map((group) => renderGroup(group, context, links))} ${renderCustomSection(context)}
    ${
      others.length > 0 &&
      html`<h2>${texts.charts}</h2>
        <div class="grid-of-charts">${others.map((chart) => render(chart))}</div>`
    }`;
}

function renderStory(context: ReportContext, groups: readonly FigureGroup[], { qualityHref }: ReportLinks): Html {
  const { texts, locale } = context;
  const { text, notes } = storyOf(context, groups);
  return html`<section aria-labelledby="story">
    <h2 id="story">${texts.story}</h2>
    <div class="story">
      <p>${text}</p>
      ${
        notes.length > 0 &&
        html`<h3>${texts.notes}</h3>
          <ul class="notes">
            ${notes.map((note) => html`<li>${note}</li>`)}
          </ul>`
      }
      ${qualityHref !== null && html`<p class="meta no-print"><a href="${qualityHref}">${qualityTexts[locale].name}</a></p>`}
    </div>
  </section>`;
}

function renderGroup(
  { group, reported, figures, more, notes }: FigureGroup,
  context: ReportContext,
  links: ReportLinks,
): Fragment {
  const { texts } = context;
  const id = `figures-${group}`;
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${texts.groups[group]}</h2>
    ${!reported && html`<p class="notice">${texts.neverReported}</p>`}
    <div class="grid-of-figures">
      ${figures.filter(({ key }) => !isInStrip(key)).map((figure) => renderFigure(figure, context, links.behind(figure.key)))}
    </div>
    ${
      reported &&
      more.length > 0 &&
      html`<details class="card more">
        <summary>${texts.moreFigures}</summary>
        <div class="lines">${more.map((figure) => renderFigureLine(figure, context, links.behind(figure.key)))}</div>
        ${notes.map((note) => html`<p class="aside">${note}</p>`)}
      </details>`
    }
  </section>`;
}
