import type { PeriodAddress } from "../../stats/name-period.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { describeDuration } from "../page/describe-duration.ts";
import { html } from "../page/html.ts";
import type { Fragment } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import type { TicketChangeKind } from "../../metrics/ticket-changes.ts";
import { describeTicket } from "./describe-ticket.ts";
import { eventTexts } from "./event-texts.ts";
import type { ListedEvent } from "../../stats/lists/listed-event.ts";
import { renderEventTable } from "./render-event-table.ts";
import type { PageFrame } from "../page/page-frame.ts";

interface TicketView {
  readonly ticketId: number;
  readonly timezone: string;
  readonly at: PeriodAddress;
  /** A page of its events in order. */
  readonly events: readonly ListedEvent[];
  /** What they did to it, by their ids. */
  readonly kinds: ReadonlyMap<string, TicketChangeKind>;
  readonly next: string | null;
  readonly after: string | null;
  readonly agentNames: ReadonlyMap<number, string>;
}

/** A ticket with its events in order as a page. */
export function renderTicket(
  view: TicketView,
  locale: Locale,
  options: PageFrame & { readonly traceUrlTemplate?: string | undefined },
): string {
  const words = eventTexts[locale];
  const texts = textsOf(locale);
  const { ticketId, timezone, at, events } = view;
  const title = words.ticketOf(String(ticketId));
  const path = `/report/tickets/${ticketId}`;
  return renderPage({
    locale,
    title,
    sampleData: options.sampleData,
    navigation: siteNavigation(locale, linkTo(path, { ...at, after: view.after, lang: otherLocale(locale) }), options),
    main: html`${renderCrumbs(
        words.path,
        [
          { href: linkTo("/report", { ...at, lang: locale }), text: texts.report },
          {
            href: linkTo("/report/events", { ...at, of: "tickets_created", lang: locale }),
            text: words.lists.tickets_created,
          },
        ],
        title,
      )}
      <h1>${title}</h1>
      ${view.after === null && view.next === null && renderFacts(view, locale)}
      <h2>${words.events}</h2>
      <p class="meta">${words.privacy}</p>
      ${renderEventTable(events, {
        label: words.events,
        timezone,
        locale,
        at,
        columns: ["event", "agent", "session", "service"],
        traceUrlTemplate: options.traceUrlTemplate,
        agentNames: view.agentNames,
      })}
      ${
        view.next !== null &&
        html`<p>
          <a class="button" href="${linkTo(path, { ...at, after: view.next, lang: locale })}">${words.next}</a>
        </p>`
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}

const hourMs = 3_600_000;

function renderFacts({ events, kinds, timezone, agentNames }: TicketView, locale: Locale): Fragment {
  const words = eventTexts[locale];
  const facts = describeTicket(events, kinds);
  const moment = describeMoment(timezone, locale);
  const at = (ms: number | null): string => (ms === null ? "—" : moment(ms));
  const by = facts.closedBy;
  const rows: readonly (readonly [string, string])[] = [
    [words.ticketState, facts.closedAtMs === null ? words.states.open : words.states.closed],
    [words.created, at(facts.createdAtMs)],
    [words.closed, at(facts.closedAtMs)],
    [
      words.resolution,
      describeDuration(facts.resolutionHours === null ? null : facts.resolutionHours * hourMs, locale),
    ],
    [words.sla, facts.slaMet === null ? "—" : facts.slaMet ? words.slaMet : words.slaMissed],
    [words.handledBy, by === null ? "—" : (agentNames.get(by) ?? words.unnamed(String(by)))],
  ];
  return html`<dl class="card facts">
    ${rows.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
