import type { Locale } from "../../metrics/format-metric.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { PeriodFacts } from "../../stats/read-period.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import type { ListedSession } from "../../stats/sql/read-session-list.ts";
import { sessionListNames } from "../../stats/lists/session-lists.ts";
import type { SessionList } from "../../stats/lists/session-lists.ts";
import { sessionTexts } from "./session-texts.ts";

interface ListView {
  readonly facts: PeriodFacts;
  readonly month: string;
  readonly list: SessionList;
  readonly total: number;
  readonly sessions: readonly ListedSession[];
  readonly next: string | null;
  readonly after: string | null;
}

/** The sessions behind a figure as a page. */
export function renderSessionList(view: ListView, locale: Locale, sampleData: boolean): string {
  const words = sessionTexts[locale];
  const texts = textsOf(locale);
  const { facts, month, list, sessions, next } = view;
  const here = { month, of: list };
  const moment = describeMoment(facts.tenant.timezone, locale);
  const period = describePeriod(facts.period, locale);
  const title = words.title(words.lists[list], period);
  const row = (session: ListedSession): Html =>
    html`<tr>
      <th scope="row">
        <a href="${linkTo(`/report/sessions/${encodeURIComponent(session.sessionId)}`, { lang: locale })}"
          ><code>${session.sessionId}</code></a
        >
      </th>
      <td data-label="${words.start}">${moment(session.firstStartMs)}</td>
      <td data-label="${words.last}">${moment(session.lastActivityMs)}</td>
      <td data-label="${words.channel}" class="left">${session.channel ?? "—"}</td>
      <td data-label="${words.state}" class="left"><span>${stateOf(session)}</span></td>
    </tr>`;
  const stateOf = ({ ended, escalated, takenOver }: ListedSession): Html[] =>
    [
      ended ? words.states.ended : words.states.open,
      ...(escalated ? [words.escalated] : []),
      ...(takenOver ? [words.takenOver] : []),
    ].map((state) => html`<span class="tag">${state}</span> `);
  return renderPage({
    locale,
    title,
    sampleData,
    navigation: siteNavigation(
      locale,
      linkTo("/report/sessions", { ...here, after: view.after, lang: otherLocale(locale) }),
    ),
    main: html`${renderCrumbs(
        words.path,
        [{ href: linkTo("/report", { month, lang: locale }), text: texts.reportOf(period) }],
        words.lists[list],
      )}
      <h1>${title}</h1>
      <nav class="tabs" aria-label="${words.otherLists}">
        ${sessionListNames.map((name) =>
          name === list
            ? html`<span aria-current="page">${words.lists[name]}</span>`
            : html`<a href="${linkTo("/report/sessions", { month, of: name, lang: locale })}">${words.lists[name]}</a>`,
        )}
      </nav>
      <p class="meta">
        ${words.count(formatCount(sessions.length, locale), formatCount(view.total, locale))} ·
        ${texts.timezone(facts.tenant.timezone)}
      </p>
      ${
        sessions.length === 0
          ? html`<p>${words.none}</p>`
          : html`<div class="card scroll" tabindex="0" role="region" aria-label="${title}">
              <table class="stack">
                <thead>
                  <tr>
                    ${[words.session, words.start, words.last].map((head) => html`<th scope="col">${head}</th>`)}
                    <th scope="col" class="left">${words.channel}</th>
                    <th scope="col" class="left">${words.state}</th>
                  </tr>
                </thead>
                <tbody>
                  ${sessions.map(row)}
                </tbody>
              </table>
            </div>`
      }
      ${
        next !== null &&
        html`<p>
          <a class="button" href="${linkTo("/report/sessions", { ...here, after: next, lang: locale })}"
            >${words.next}</a
          >
        </p>`
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}
