import type { Locale } from "../../metrics/format-metric.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { PeriodReading } from "../../stats/read-period.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo } from "../page/page-links.ts";
import { renderListPage } from "../page/render-list-page.ts";
import { textsOf } from "../report/choose-texts.ts";
import type { ListedSession } from "../../stats/sql/read-session-list.ts";
import { sessionListNames } from "../../stats/lists/session-lists.ts";
import type { SessionList } from "../../stats/lists/session-lists.ts";
import { sessionTexts } from "./session-texts.ts";

interface ListView {
  readonly reading: PeriodReading;
  readonly month: string;
  readonly list: SessionList;
  readonly total: number;
  readonly sessions: readonly ListedSession[];
  readonly next: string | null;
  readonly after: string | null;
}

/** The sessions behind a figure as a page. */
export function renderSessionList(view: ListView, locale: Locale, frame: PageFrame): string {
  const words = sessionTexts[locale];
  const { reading, month, list, sessions } = view;
  const moment = describeMoment(reading.tenant.timezone, locale);
  const period = describePeriod(reading.period, locale);
  return renderListPage({
    locale,
    frame,
    path: "/report/sessions",
    month,
    period,
    title: words.title(words.lists[list], period),
    lists: Object.fromEntries(sessionListNames.map((name) => [name, words.lists[name]])),
    list,
    words: { path: words.path, lists: words.otherLists, none: words.none, next: words.next },
    meta: html`${words.count(formatCount(sessions.length, locale), formatCount(view.total, locale))} ·
    ${textsOf(locale).timezone(reading.tenant.timezone)}`,
    head: html`${[words.session, words.start, words.last].map((head) => html`<th scope="col">${head}</th>`)}
      <th scope="col" class="left">${words.channel}</th>
      <th scope="col" class="left">${words.state}</th>`,
    rows: sessions.map((session) => renderRow(session, moment, locale)),
    after: view.after,
    next: view.next,
  });
}

function renderRow(session: ListedSession, moment: (ms: number) => string, locale: Locale): Html {
  const words = sessionTexts[locale];
  return html`<tr>
    <th scope="row">
      <a href="${linkTo(`/report/sessions/${encodeURIComponent(session.sessionId)}`, { lang: locale })}"
        ><code>${session.sessionId}</code></a
      >
    </th>
    <td data-label="${words.start}">${moment(session.firstStartMs)}</td>
    <td data-label="${words.last}">${moment(session.lastActivityMs)}</td>
    <td data-label="${words.channel}" class="left">${session.channel ?? "—"}</td>
    <td data-label="${words.state}" class="left"><span>${statesOf(session, locale)}</span></td>
  </tr>`;
}

function statesOf({ ended, escalated, takenOver }: ListedSession, locale: Locale): Html[] {
  const words = sessionTexts[locale];
  return [
    ended ? words.states.ended : words.states.open,
    ...(escalated ? [words.escalated] : []),
    ...(takenOver ? [words.takenOver] : []),
  ].map((state) => html`<span class="tag">${state}</span> `);
}
