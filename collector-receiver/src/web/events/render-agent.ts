import type { PeriodAddress } from "../../stats/name-period.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { definedMetrics } from "../../metrics/metric-dictionary.ts";
import type { AgentsDocument } from "../../stats/agents.ts";
import { agentFiguresOf } from "../../stats/agent-figures.ts";
import type { AgentDay } from "../../stats/sql/read-agent-days.ts";
import type { OperationsDocument } from "../../stats/operations.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { renderTable } from "../page/render-table.ts";
import { describeDay } from "../report/report-context.ts";
import { agentFigureNames } from "./render-agent-list.ts";
import { textsOf } from "../report/choose-texts.ts";
import { eventListsOf, isAgentList } from "../../stats/lists/event-lists.ts";
import { eventTexts } from "./event-texts.ts";
import type { PageFrame } from "../page/page-frame.ts";

interface AgentView {
  readonly agentId: number;
  readonly at: PeriodAddress;
  readonly document: AgentsDocument;
  readonly operations: OperationsDocument;
  /** Those with anything. */
  readonly days: readonly AgentDay[];
  readonly currency: string;
}

/** An agent's month as a page: every figure kept by agent, each with the events behind it. */
export function renderAgent(view: AgentView, locale: Locale, options: PageFrame): string {
  const { agentId, at, document, operations } = view;
  const words = eventTexts[locale];
  const texts = textsOf(locale);
  const agent = document.agents.find(({ agent_id: id }) => id === agentId);
  const name = agent?.agent_name ?? words.unnamed(String(agentId));
  const path = `/report/agents/${agentId}`;
  const nameOf = (key: string): string =>
    definedMetrics.find((metric) => metric.key === key)?.name[locale === "en" ? "en" : "zh"] ?? key;
  const time = operations.agents.find(({ agent_id: id }) => id === agentId);
  const figures = Object.entries({ ...agent?.metrics, ...time?.metrics });
  const card = (key: string, formatted: string, value: number | null): Html => {
    const lists = value === null || value === 0 ? [] : eventListsOf(key).filter(isAgentList);
    return html`<article class="card figure" id="${key}">
      <h3>${nameOf(key)}</h3>
      <p class="value${value === null && " none"}">${formatted}</p>
      ${
        lists.length > 0 &&
        html`<p class="behind no-print">
          ${lists.map(
            (list) =>
              html`<a href="${linkTo("/report/events", { ...at, of: list, agent: String(agentId), lang: locale })}"
                >${words.behind[list]}</a
              > `,
          )}
        </p>`
      }
    </article>`;
  };
  return renderPage({
    locale,
    title: `${name} · ${document.period}`,
    sampleData: options.sampleData,
    navigation: siteNavigation(locale, linkTo(path, { ...at, lang: otherLocale(locale) }), options),
    main: html`${renderCrumbs(
        words.path,
        [
          { href: linkTo("/report", { ...at, lang: locale }), text: texts.reportOf(document.period) },
          { href: linkTo("/report/agents", { ...at, lang: locale }), text: words.agents },
        ],
        name,
      )}
      <h1>${name}</h1>
      <p class="meta">
        ${document.period} · ${words.agentNumber} ${String(agentId)} · ${texts.timezone(document.timezone)}
      </p>
      ${
        agent === undefined && time === undefined
          ? html`<p>${words.nothingOfAgent}</p>`
          : html`<h2>${words.agentFigures}</h2>
              <div class="grid-of-figures">
                ${figures.map(([key, { formatted, value }]) => card(key, formatted, value))}
              </div>`
      }
      ${view.days.length > 0 && renderDays(view.days, view.currency, locale)}`,
    footer: html`<p>${texts.footer}</p>`,
  });
}

/** The agent's days, each with what a table of agents shows. */
function renderDays(days: readonly AgentDay[], currency: string, locale: Locale): Html {
  const words = eventTexts[locale];
  const names = agentFigureNames(locale);
  return html`<h2>${words.byDay}</h2>
    ${renderTable(
      words.byDay,
      [words.day, ...names].map((name) => html`<th scope="col">${name}</th>`),
      days.map(
        ({ day, counters }) =>
          html`<tr>
            <th scope="row">${describeDay(day, locale)}</th>
            ${agentFiguresOf(counters, locale, currency).map(
              ({ formatted }, place) => html`<td data-label="${names[place] ?? ""}">${formatted}</td>`,
            )}
          </tr>`,
      ),
    )}`;
}
