import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { agentFiguresOf, agentTableMetrics, teamAverageOf } from "../../stats/agent-figures.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { ListOrder } from "../../stats/lists/list-order.ts";
import type { ReportPeriod } from "../../stats/report-period.ts";
import type { AgentTable, CountedAgent } from "../../stats/sql/read-agent-table.ts";
import { maxCsvRows, writeListCsv } from "../export/write-list-csv.ts";
import { listTexts } from "../lists/list-texts.ts";
import { renderFilter, sortHeads } from "../lists/render-sorting.ts";
import { html, type Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo } from "../page/page-links.ts";
import { renderListPage } from "../page/render-list-page.ts";
import type { PeriodAddress } from "../../stats/name-period.ts";
import { textsOf } from "../report/choose-texts.ts";
import { eventTexts } from "./event-texts.ts";

export interface AgentListView extends AgentTable {
  readonly period: ReportPeriod;
  readonly at: PeriodAddress;
  readonly timezone: string;
  readonly currency: string;
  readonly agentNames: ReadonlyMap<number, string>;
  readonly order: ListOrder<string>;
  /** A number or a part of a name; null: all agents. */
  readonly search: string | null;
  readonly here: Readonly<Record<"after" | "before", string | null>>;
}

const path = "/report/agents";

/** The names of the figures in a table of agents. */
export function agentFigureNames(locale: Locale): string[] {
  return [...agentTableMetrics.values()].map(({ name }) => (locale === "en" ? name.en : name.zh));
}

/** All agents of a period as a page: one table, with the team's average at its end. */
export function renderAgentList(view: AgentListView, locale: Locale, frame: PageFrame): string {
  const words = eventTexts[locale];
  const own = listTexts[locale];
  const { at, part, agents, order, search } = view;
  const period = describePeriod(view.period, locale);
  const names = agentFigureNames(locale);
  const columns = [...agentTableMetrics.keys()].map((column, place) => ({ column, text: names[place] ?? column }));
  const chosen = { q: search, sort: `${order.descending ? "-" : ""}${order.by}` };
  const first = { column: "number", text: words.agent };
  const figures = (texts: readonly string[]): Html[] =>
    texts.map((text, place) => html`<td data-label="${names[place] ?? ""}">${text}</td>`);
  return renderListPage({
    locale,
    frame,
    path,
    at,
    period,
    title: words.title(words.agents, period),
    lists: {},
    list: null,
    chosen,
    words: { path: words.path, lists: words.agents, none: words.none },
    meta: html`${own.ofAll(formatCount(part.rows.length, locale), formatCount(agents, locale))} ·
    ${textsOf(locale).timezone(view.timezone)}`,
    filter: renderFilter({
      locale,
      path,
      kept: at,
      fields: [{ name: "q", label: words.nameOrNumber, value: search }],
      order,
      columns: [{ column: "number", text: words.agentNumber }, ...columns],
      clearHref: linkTo(path, { ...at, lang: locale }),
    }),
    head: sortHeads([first, ...columns], order, (sort) => linkTo(path, { ...at, ...chosen, sort, lang: locale })),
    rows: part.rows.map(
      ({ agentId, counters }) =>
        html`<tr>
          <th scope="row">
            <a href="${linkTo(`${path}/${agentId}`, { ...at, lang: locale })}"
              >${view.agentNames.get(agentId) ?? words.unnamed(String(agentId))}</a
            >
          </th>
          ${figures(agentFiguresOf(counters, locale, view.currency).map(({ formatted }) => formatted))}
        </tr>`,
    ),
    foot: html`<tr>
      <th scope="row">${words.teamAverage(formatCount(agents, locale))}</th>
      ${figures(teamAverageOf(view.total, agents, locale, view.currency))}
    </tr>`,
    csv: agents > maxCsvRows ? own.csvFirst(formatCount(maxCsvRows, locale)) : own.csv,
    here: view.here,
    previous: part.previous,
    next: part.next,
  });
}

/** The table as CSV: numbers in the units of the dictionary. */
export function writeAgentCsv({ part, agentNames, currency }: AgentListView, locale: Locale): string {
  const words = eventTexts[locale];
  const row = ({ agentId, counters }: CountedAgent) => [
    agentId,
    agentNames.get(agentId) ?? null,
    ...agentFiguresOf(counters, locale, currency).map(({ value }) => value),
  ];
  return writeListCsv([words.agentNumber, words.agent, ...agentTableMetrics.keys()], part.rows.map(row));
}
