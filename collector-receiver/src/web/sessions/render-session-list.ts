import type { PeriodAddress } from "../../stats/name-period.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { ListOrder, ListPart } from "../../stats/lists/list-order.ts";
import { sessionListNames } from "../../stats/lists/session-lists.ts";
import type { SessionList } from "../../stats/lists/session-lists.ts";
import type { PeriodReading } from "../../stats/read-period.ts";
import type { ListedSession, SessionSort, SessionFilter } from "../../stats/sql/read-session-list.ts";
import { nameOfHour } from "../charts/chart-hours.ts";
import { eventTexts } from "../events/event-texts.ts";
import { maxCsvRows } from "../export/write-list-csv.ts";
import { listTexts } from "../lists/list-texts.ts";
import { renderFilter, sortHeads } from "../lists/render-sorting.ts";
import type { SortableColumn } from "../lists/render-sorting.ts";
import { describeDuration } from "../page/describe-duration.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo } from "../page/page-links.ts";
import { renderListPage } from "../page/render-list-page.ts";
import { textsOf } from "../report/choose-texts.ts";
import { sessionTexts } from "./session-texts.ts";
import { labelOf } from "../words/label-words.ts";

export interface SessionListView {
  readonly reading: PeriodReading;
  readonly at: PeriodAddress;
  readonly list: SessionList;
  /** Without a filter. */
  readonly total: number;
  readonly part: ListPart<ListedSession>;
  readonly agentNames: ReadonlyMap<number, string>;
  readonly filter: SessionFilter;
  /** Null: the period has more than `maxSorted` conversations, which have one order. */
  readonly order: ListOrder<SessionSort> | null;
  readonly maxSorted: number;
  /** Filter and order as parameters of an address. */
  readonly chosen: Readonly<Record<string, string | null>>;
  readonly here: Readonly<Record<"after" | "before", string | null>>;
}

const path = "/report/sessions";

/** The conversations behind a figure as a page. */
export function renderSessionList(view: SessionListView, locale: Locale, frame: PageFrame): string {
  const words = sessionTexts[locale];
  const own = listTexts[locale];
  const { reading, at, list, part, filter, order, chosen } = view;
  const period = describePeriod(reading.period, locale);
  const shown = formatCount(part.rows.length, locale);
  const isFiltered = Object.values(filter).some((value) => value !== null);
  const { start, duration, wait } = sortedColumns(locale);
  const text = (head: string) => ({ text: head, isText: true });
  return renderListPage({
    locale,
    frame,
    path,
    at,
    period,
    title: words.title(words.lists[list], period),
    lists: Object.fromEntries(sessionListNames.map((name) => [name, words.lists[name]])),
    list,
    chosen,
    words: { path: words.path, lists: words.otherLists, none: words.none },
    meta: html`${isFiltered ? own.shown(shown) : own.ofAll(shown, formatCount(view.total, locale))} ·
    ${textsOf(locale).timezone(reading.tenant.timezone)}
    ${filter.startHour !== null && html` · ${nameOfHour(filter.startHour, locale)}`}
    ${order === null && html` · ${own.onlyByStart(formatCount(view.maxSorted, locale))}`}`,
    filter: renderSessionFilter(view, locale),
    head: sortHeads(
      [
        text(words.session),
        start,
        duration,
        ...[words.channel, words.outcome, words.reason, words.agent].map(text),
        wait,
      ],
      order,
      (sort) => linkTo(path, { ...at, of: list, ...chosen, sort, lang: locale }),
    ),
    rows: part.rows.map((session) => renderRow(session, view, locale)),
    csv: view.total > maxCsvRows ? own.csvFirst(formatCount(maxCsvRows, locale)) : own.csv,
    here: view.here,
    previous: part.previous,
    next: part.next,
  });
}

function sortedColumns(locale: Locale) {
  const words = sessionTexts[locale];
  const column = <Name extends SessionSort>(name: Name): SortableColumn<Name> => ({ column: name, text: words[name] });
  return { start: column("start"), duration: column("duration"), wait: column("wait") };
}

function renderSessionFilter({ at, list, filter, order, chosen }: SessionListView, locale: Locale): Html {
  const words = sessionTexts[locale];
  return renderFilter<SessionSort>({
    locale,
    path,
    kept: { ...at, of: list, weekday: chosen["weekday"] ?? null, hour: chosen["hour"] ?? null },
    fields: [
      { name: "q", label: words.idStart, value: filter.idStart },
      { name: "channel", label: words.channel, value: filter.channel },
      { name: "agent", label: words.agentNumber, value: chosen["agent"] ?? null, isNumber: true },
    ],
    order,
    columns: Object.values(sortedColumns(locale)),
    clearHref: linkTo(path, { ...at, of: list, lang: locale }),
  });
}

function renderRow(session: ListedSession, { reading, at, list, agentNames }: SessionListView, locale: Locale): Html {
  const words = sessionTexts[locale];
  const moment = describeMoment(reading.tenant.timezone, locale);
  const { agentId, channel } = session;
  const cell = (label: string, content: Fragment, kind = ""): Html =>
    html`<td data-label="${label}" class="${kind}${content === "—" && " void"}">${content}</td>`;
  const agent =
    agentId === null
      ? "—"
      : html`<a href="${linkTo(`/report/agents/${agentId}`, { ...at, lang: locale })}"
          >${agentNames.get(agentId) ?? eventTexts[locale].unnamed(String(agentId))}</a
        >`;
  const sameChannel =
    channel === null
      ? "—"
      : html`<a href="${linkTo(path, { ...at, of: list, channel, lang: locale })}">${labelOf(channel, locale)}</a>`;
  return html`<tr>
    <th scope="row">
      <a href="${linkTo(`/report/sessions/${encodeURIComponent(session.sessionId)}`, { lang: locale })}"
        ><code>${session.sessionId}</code></a
      >
    </th>
    ${cell(words.start, moment(session.startMs))} ${cell(words.duration, describeDuration(session.durationMs, locale))}
    ${cell(words.channel, sameChannel, "left")} ${cell(words.outcome, outcomeOf(session, locale), "left")}
    ${cell(words.reason, session.reason === null ? "—" : labelOf(session.reason, locale), "left")}
    ${cell(words.agent, agent, "left")} ${cell(words.wait, describeDuration(session.waitMs, locale))}
  </tr>`;
}

function outcomeOf({ outcome, isEscalated }: ListedSession, locale: Locale): Html {
  const words = sessionTexts[locale];
  const name = outcome === "open" ? words.states.open : words.outcomes[outcome];
  return html`<span
    ><span class="tag">${name}</span>${
      isEscalated && outcome !== "escalated_untaken" && html` <span class="tag">${words.escalated}</span>`
    }</span
  >`;
}
