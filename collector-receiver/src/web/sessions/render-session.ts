import type { Locale } from "../../metrics/format-metric.ts";
import type { SessionDocument } from "../../stats/session-document.ts";
import { renderEventTable } from "../events/render-event-table.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import type { Fragment } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { sessionTexts } from "./session-texts.ts";
import type { PageFrame } from "../page/page-frame.ts";

interface SessionView {
  readonly session: SessionDocument;
  readonly timezone: string;
  readonly after: string | null;
  readonly agentNames: ReadonlyMap<number, string>;
}

/** A session with its events as a page; a trace id leads into the tracing UI where there is one. */
export function renderSession(
  { session, timezone, after, agentNames }: SessionView,
  locale: Locale,
  options: PageFrame & { readonly traceUrlTemplate?: string | undefined },
): string {
  const words = sessionTexts[locale];
  const texts = textsOf(locale);
  const path = `/report/sessions/${encodeURIComponent(session.session_id)}`;
  const title = `${words.session} ${session.session_id}`;
  const month = session.start_day?.slice(0, 7) ?? null;
  const list = session.ai_resolved
    ? "ai_resolved_sessions"
    : session.escalated_at === null
      ? "total_sessions"
      : "escalated_sessions";
  return renderPage({
    locale,
    title,
    sampleData: options.sampleData,
    navigation: siteNavigation(locale, linkTo(path, { after, lang: otherLocale(locale) }), options),
    main: html`${renderCrumbs(
        words.path,
        [
          { href: linkTo("/report", { month, lang: locale }), text: texts.report },
          { href: linkTo("/report/sessions", { month, of: list, lang: locale }), text: words.lists[list] },
        ],
        session.session_id,
      )}
      <h1>${title}</h1>
      <dl class="card facts">
        ${factsOf(session, timezone, locale).map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
      <h2>${words.events}</h2>
      <p class="meta">${words.privacy}</p>
      ${renderEventTable(
        session.events.map((event) => ({ ...event, session_id: session.session_id })),
        {
          label: words.events,
          timezone,
          locale,
          month,
          columns: ["event", "agent", "ticket", "service"],
          traceUrlTemplate: options.traceUrlTemplate,
          agentNames,
        },
      )}
      ${
        session.next !== null &&
        html`<p><a class="button" href="${linkTo(path, { after: session.next, lang: locale })}">${words.next}</a></p>`
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}

function factsOf(
  session: SessionDocument,
  timezone: string,
  locale: Locale,
): readonly (readonly [name: string, value: Fragment])[] {
  const words = sessionTexts[locale];
  const moment = describeMoment(timezone, locale);
  const states = [
    words.states[session.state],
    ...(session.outcome === null || session.outcome === "open" ? [] : [words.outcomes[session.outcome]]),
    ...(session.escalated_at === null ? [] : [words.escalated]),
    ...(session.taken_over_at === null ? [] : [words.takenOver]),
  ];
  return [
    [words.state, states.map((state) => html`<span class="tag">${state}</span> `)],
    [words.start, session.started_at === null ? "—" : moment(Date.parse(session.started_at))],
    [words.last, moment(Date.parse(session.last_activity_at))],
    [words.channel, session.channel ?? "—"],
    [words.customer, session.user_id ?? "—"],
  ];
}
