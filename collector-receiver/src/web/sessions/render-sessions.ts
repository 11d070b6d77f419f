import type { Locale } from "../../metrics/format-metric.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { PeriodFacts } from "../../stats/read-period.ts";
import type { SessionDocument } from "../../stats/session-document.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { textsOf } from "../report/report-texts.ts";
import type { ListedSession } from "./read-session-list.ts";
import type { SessionList } from "./session-lists.ts";
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
  const { facts, month, list, sessions, next } = view;
  const here = { month, of: list };
  const instant = instantFormat(facts.tenant.timezone, locale);
  const title = words.title(words.lists[list], describePeriod(facts.period, locale));
  const row = (session: ListedSession): Html =>
    html`<tr>
      <th scope="row">
        <a href="${linkTo(`/report/sessions/${encodeURIComponent(session.sessionId)}`, { lang: locale })}"
          ><code>${session.sessionId}</code></a
        >
      </th>
      <td>${instant(session.firstStartMs)}</td>
      <td>${instant(session.lastActivityMs)}</td>
      <td>${session.channel ?? "—"}</td>
      <td class="left">${stateOf(session)}</td>
    </tr>`;
  const stateOf = ({ ended, escalated, takenOver }: ListedSession): string =>
    [
      ended ? words.states.ended : words.states.open,
      ...(escalated ? [words.escalated] : []),
      ...(takenOver ? [words.takenOver] : []),
    ].join(" · ");
  return renderPage({
    locale,
    title,
    sampleData,
    navigation: navigationOf(
      locale,
      html`<a href="${linkTo("/report", { month, lang: locale })}">${words.backToReport}</a>`,
      linkTo("/report/sessions", { ...here, after: view.after, lang: otherLocale(locale) }),
    ),
    main: html`<h1>${title}</h1>
      <p class="meta">
        ${words.count(formatCount(sessions.length, locale), formatCount(view.total, locale))} ·
        ${textsOf(locale).timezone(facts.tenant.timezone)}
      </p>
      ${
        sessions.length === 0
          ? html`<p>${words.none}</p>`
          : html`<div class="card scroll" tabindex="0" role="region" aria-label="${title}">
              <table>
                <thead>
                  <tr>
                    ${[words.session, words.start, words.last, words.channel].map((head) => html`<th scope="col">${head}</th>`)}
                    <th scope="col" class="left">${words.state}</th>
                  </tr>
                </thead>
                <tbody>
                  ${sessions.map(row)}
                </tbody>
              </table>
            </div>`
      }
      ${next !== null && html`<p><a href="${linkTo("/report/sessions", { ...here, after: next, lang: locale })}">${words.next}</a></p>`}`,
    footer: html`<p>${textsOf(locale).footer}</p>`,
  });
}

/** A session with its events as a page; a trace id leads into the tracing UI where there is one. */
export function renderSession(
  session: SessionDocument,
  timezone: string,
  locale: Locale,
  options: {
    readonly sampleData: boolean;
    readonly traceUrlTemplate?: string | undefined;
    readonly after: string | null;
  },
): string {
  const words = sessionTexts[locale];
  const instant = instantFormat(timezone, locale);
  const at = linkTo(`/report/sessions/${encodeURIComponent(session.session_id)}`, { lang: locale });
  const title = `${words.session} ${session.session_id}`;
  const traceOf = (traceId: string): Html => {
    const id = html`<code>${traceId}</code>`;
    return options.traceUrlTemplate === undefined
      ? id
      : html`<a
          href="${options.traceUrlTemplate.replaceAll("{trace_id}", encodeURIComponent(traceId))}"
          rel="noreferrer"
          >${id}</a
        >`;
  };
  const facts: readonly (readonly [string, Fragment])[] = [
    [
      words.state,
      [
        words.states[session.state],
        session.ai_resolved && ` · ${words.resolved}`,
        session.escalated_at !== null && ` · ${words.escalated}`,
        session.taken_over_at !== null && ` · ${words.takenOver}`,
      ],
    ],
    [words.start, session.started_at === null ? "—" : instant(Date.parse(session.started_at))],
    [words.last, instant(Date.parse(session.last_activity_at))],
    [words.channel, session.channel ?? "—"],
    [words.customer, session.user_id ?? "—"],
  ];
  const month = session.start_day?.slice(0, 7) ?? null;
  return renderPage({
    locale,
    title,
    sampleData: options.sampleData,
    navigation: navigationOf(
      locale,
      html`<a href="${linkTo("/report", { month, lang: locale })}">${words.backToReport}</a>`,
      linkTo(`/report/sessions/${encodeURIComponent(session.session_id)}`, {
        after: options.after,
        lang: otherLocale(locale),
      }),
    ),
    main: html`<h1>${title}</h1>
      <dl class="card">
        ${facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
      </dl>
      <h2>${words.events}</h2>
      <p class="meta">${words.privacy}</p>
      <div class="card scroll" tabindex="0" role="region" aria-label="${words.events}">
        <table>
          <thead>
            <tr>
              <th scope="col">${words.time}</th>
              ${[words.event, words.attributes, words.trace, words.service].map((head) => html`<th scope="col" class="left">${head}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${session.events.map(
              (event) =>
                html`<tr>
                  <th scope="row">${instant(Date.parse(event.occurred_at))}</th>
                  <td class="left"><code>${event.event_name}</code></td>
                  <td class="left">
                    ${Object.entries(event.attributes)
                      .filter(([name]) => name !== "session_id" && name !== "user_id")
                      .map(
                        ([name, value]) =>
                          html`<div>
                            <code>${name}</code> ${typeof value === "string" ? value : JSON.stringify(value)}
                          </div>`,
                      )}${event.withheld.length > 0 && html`<div class="meta">${words.withheld(event.withheld.join(", "))}</div>`}
                  </td>
                  <td class="left">${event.trace_id === null ? "—" : traceOf(event.trace_id)}</td>
                  <td class="left">${event.service_name ?? "—"}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${session.next !== null && html`<p><a href="${linkTo(at.split("?")[0] as string, { after: session.next, lang: locale })}">${words.next}</a></p>`}`,
    footer: html`<p>${textsOf(locale).footer}</p>`,
  });
}

function navigationOf(locale: Locale, back: Html, otherHref: string): Html {
  const texts = textsOf(locale);
  const other = otherLocale(locale);
  return html`<a class="brand" href="${linkTo("/", { lang: locale })}">${texts.product}</a> ${back}
    <a href="${otherHref}" lang="${other}" hreflang="${other}">${texts.otherLanguage}</a>`;
}

function instantFormat(timezone: string, locale: Locale): (ms: number) => string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: timezone,
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return (ms) => format.format(ms);
}
