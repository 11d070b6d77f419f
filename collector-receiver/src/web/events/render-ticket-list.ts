import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { PeriodFacts } from "../../stats/read-period.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { eventTexts } from "./event-texts.ts";
import type { ListedTicket } from "../../stats/sql/read-ticket-list.ts";
import { ticketListNames } from "../../stats/lists/ticket-lists.ts";
import type { TicketList } from "../../stats/lists/ticket-lists.ts";

interface TicketListView {
  readonly facts: PeriodFacts;
  readonly month: string;
  readonly list: TicketList;
  readonly total: number;
  readonly tickets: readonly ListedTicket[];
  readonly next: string | null;
  readonly after: string | null;
}

/** The tickets behind a figure as a page. */
export function renderTicketList(
  view: TicketListView,
  locale: Locale,
  options: { readonly sampleData: boolean },
): string {
  const words = eventTexts[locale];
  const texts = textsOf(locale);
  const { facts, month, list, tickets } = view;
  const moment = describeMoment(facts.tenant.timezone, locale);
  const at = (ms: number | null): string => (ms === null ? "—" : moment(ms));
  const period = describePeriod(facts.period, locale);
  const title = words.title(words.ticketLists[list], period);
  const here = { month, of: list };
  return renderPage({
    locale,
    title,
    sampleData: options.sampleData,
    navigation: siteNavigation(
      locale,
      linkTo("/report/tickets", { ...here, after: view.after, lang: otherLocale(locale) }),
    ),
    main: html`${renderCrumbs(
        words.path,
        [{ href: linkTo("/report", { month, lang: locale }), text: texts.reportOf(period) }],
        words.ticketLists[list],
      )}
      <h1>${title}</h1>
      <nav class="tabs" aria-label="${words.ticket}">
        ${ticketListNames.map((name) =>
          name === list
            ? html`<span aria-current="page">${words.ticketLists[name]}</span>`
            : html`<a href="${linkTo("/report/tickets", { month, of: name, lang: locale })}"
                >${words.ticketLists[name]}</a
              >`,
        )}
      </nav>
      <p class="meta">
        ${words.ticketCount(formatCount(tickets.length, locale), formatCount(view.total, locale))} ·
        ${texts.timezone(facts.tenant.timezone)}
      </p>
      ${
        tickets.length === 0
          ? html`<p>${words.none}</p>`
          : html`<div class="card scroll" tabindex="0" role="region" aria-label="${title}">
              <table class="stack">
                <thead>
                  <tr>
                    ${[words.ticket, words.created, words.closed, words.reopened].map((head) => html`<th scope="col">${head}</th>`)}
                  </tr>
                </thead>
                <tbody>
                  ${tickets.map(
                    (ticket) =>
                      html`<tr>
                        <th scope="row">
                          <a href="${linkTo(`/report/tickets/${ticket.ticketId}`, { month, lang: locale })}"
                            >#${ticket.ticketId}</a
                          >
                        </th>
                        <td data-label="${words.created}" ${ticket.createdMs === null && html` class="void"`}>
                          ${at(ticket.createdMs)}
                        </td>
                        <td data-label="${words.closed}" ${ticket.firstClosedMs === null && html` class="void"`}>
                          ${at(ticket.firstClosedMs)}
                        </td>
                        <td data-label="${words.reopened}" ${ticket.lastReopenedMs === null && html` class="void"`}>
                          ${at(ticket.lastReopenedMs)}
                        </td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }
      ${
        view.next !== null &&
        html`<p>
          <a class="button" href="${linkTo("/report/tickets", { ...here, after: view.next, lang: locale })}"
            >${words.next}</a
          >
        </p>`
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}
