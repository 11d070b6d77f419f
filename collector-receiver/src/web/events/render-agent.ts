import type { Locale } from "../../metrics/format-metric.ts";
import { definedMetrics } from "../../metrics/metric-dictionary.ts";
import type { AgentsDocument } from "../../stats/agents.ts";
import type { OperationsDocument } from "../../stats/operations.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { eventListsOf, isAgentList } from "../../stats/lists/event-lists.ts";
import { eventTexts } from "./event-texts.ts";
import type { PageFrame } from "../page/page-frame.ts";

interface AgentView {
  readonly agentId: number;
  readonly month: string;
  readonly document: AgentsDocument;
  readonly operations: OperationsDocument;
}

/** An agent's month as a page: every figure kept by agent, each with the events behind it. */
export function renderAgent(
  { agentId, month, document, operations }: AgentView,
  locale: Locale,
  options: PageFrame,
): string {
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
              html`<a href="${linkTo("/report/events", { month, of: list, agent: String(agentId), lang: locale })}"
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
    navigation: siteNavigation(locale, linkTo(path, { month, lang: otherLocale(locale) }), options),
    main: html`${renderCrumbs(
        words.path,
        [{ href: linkTo("/report", { month, lang: locale }), text: texts.reportOf(document.period) }],
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
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}
