import { fractionOf } from "../../metrics/exact-fraction.ts";
import { formatCount, formatPlanned } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describeBound } from "../../stats/ai-metrics.ts";
import type { SessionCost } from "../../stats/session-cost.ts";
import type { SessionDocument } from "../../stats/session-document.ts";
import { describeDuration } from "../page/describe-duration.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import type { Fragment } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { renderTimeline } from "./render-timeline.ts";
import { sessionTexts } from "./session-texts.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { labelOf } from "../words/label-words.ts";

interface SessionView {
  readonly session: SessionDocument;
  readonly timezone: string;
  readonly after: string | null;
  readonly agentNames: ReadonlyMap<number, string>;
}

/** A session as a page, its events told in order; a trace id leads into the tracing UI if there is one. */
export function renderSession(
  { session, timezone, after, agentNames }: SessionView,
  locale: Locale,
  options: PageFrame & { readonly traceUrlTemplate?: string | undefined },
): string {
  const words = sessionTexts[locale];
  const texts = textsOf(locale);
  const path = `/report/sessions/${encodeURIComponent(session.session_id)}`;
  const title = `${words.session} ${session.session_id}`;
  const at = session.start_day === null ? {} : { month: session.start_day.slice(0, 7) };
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
          { href: linkTo("/report", { ...at, lang: locale }), text: texts.report },
          { href: linkTo("/report/sessions", { ...at, of: list, lang: locale }), text: words.lists[list] },
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
      ${renderTimeline({ session, timezone, locale, at, agentNames, traceUrlTemplate: options.traceUrlTemplate })}
      ${
        after !== null &&
        html`<p class="no-print"><a href="${linkTo(path, { lang: locale })}">${words.previous}</a></p>`
      }
      ${
        session.next !== null &&
        html`<p><a class="button" href="${linkTo(path, { after: session.next, lang: locale })}">${words.next}</a></p>`
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}

/** From the start to the end, or to the last activity, as the list has it. */
function durationOf({ started_at: startedAt, ended_at: endedAt, last_activity_at: lastAt }: SessionDocument): number {
  return Math.max(0, Date.parse(endedAt ?? lastAt) - Date.parse(startedAt ?? lastAt));
}

/** "This conversation cost ¥0.12 (3 calls)" */
function costText({ spend, calls, currency, at_least: isBound }: SessionCost, locale: Locale): string {
  const { costOf } = sessionTexts[locale];
  const count = formatCount(calls, locale);
  if (spend === null) return costOf(null, count);
  // Two digits that say something: most conversations cost less than a cent.
  const digits = spend === 0 || spend >= 0.01 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(spend)));
  const display = { style: "currency", digits } as const;
  const amount = formatPlanned(fractionOf(spend.toFixed(6)), "currency", display, locale, currency);
  const shown = isBound ? describeBound("at_least", amount, locale) : amount;
  return costOf(locale === "zh-CN" && !isBound ? ` ${shown}` : shown, count);
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
    ...(session.escalated_at === null || session.outcome === "escalated_untaken" ? [] : [words.escalated]),
    ...(session.taken_over_at === null ? [] : [words.takenOver]),
  ];
  return [
    [words.state, states.map((state) => html`<span class="tag">${state}</span> `)],
    [words.start, session.started_at === null ? "—" : moment(Date.parse(session.started_at))],
    [words.last, moment(Date.parse(session.last_activity_at))],
    [words.duration, session.started_at === null ? "—" : describeDuration(durationOf(session), locale)],
    [words.channel, session.channel === null ? "—" : labelOf(session.channel, locale)],
    [words.customer, session.user_id ?? "—"],
    ...(session.ai_cost === null ? [] : [[words.aiCost, costText(session.ai_cost, locale)] as const]),
  ];
}
