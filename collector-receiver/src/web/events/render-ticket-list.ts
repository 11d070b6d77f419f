import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { PeriodReading } from "../../stats/read-period.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html, type Html } from "../page/html.ts";
import { linkTo } from "../page/page-links.ts";
import { renderListPage } from "../page/render-list-page.ts";
import { textsOf } from "../report/choose-texts.ts";
import { eventTexts } from "./event-texts.ts";
import type { ListedTicket } from "../../stats/sql/read-ticket-list.ts";
import { ticketListNames } from "../../stats/lists/ticket-lists.ts";
import type { TicketList } from "../../stats/lists/ticket-lists.ts";
import type { PageFrame } from "../page/page-frame.ts";

interface TicketListView {
  readonly reading: PeriodReading;
  readonly month: string;
  readonly list: TicketList;
  readonly total: number;
  readonly tickets: readonly ListedTicket[];
  readonly next: string | null;
  readonly after: string | null;
}

/** The tickets behind a figure as a page. */
export function renderTicketList(view: TicketListView, locale: Locale, frame: PageFrame): string {
  const words = eventTexts[locale];
  const { reading, month, list, tickets } = view;
  const moment = describeMoment(reading.tenant.timezone, locale);
  const period = describePeriod(reading.period, locale);
  return renderListPage({
    locale,
    frame,
    path: "/report/tickets",
    month,
    period,
    title: words.title(words.ticketLists[list], period),
    lists: Object.fromEntries(ticketListNames.map((name) => [name, words.ticketLists[name]])),
    list,
    words: { path: words.path, lists: words.ticket, none: words.none, next: words.next },
    meta: html`${words.ticketCount(formatCount(tickets.length, locale), formatCount(view.total, locale))} ·
    ${textsOf(locale).timezone(reading.tenant.timezone)}`,
    head: [words.ticket, words.created, words.closed, words.reopened].map((head) => html`<th scope="col">${head}</th>`),
    rows: tickets.map((ticket) => {
      const cell = (label: string, ms: number | null): Html =>
        html`<td data-label="${label}" ${ms === null && html` class="void"`}>${ms === null ? "—" : moment(ms)}</td>`;
      return html`<tr>
        <th scope="row">
          <a href="${linkTo(`/report/tickets/${ticket.ticketId}`, { month, lang: locale })}">#${ticket.ticketId}</a>
        </th>
        ${cell(words.created, ticket.createdMs)} ${cell(words.closed, ticket.firstClosedMs)}
        ${cell(words.reopened, ticket.lastReopenedMs)}
      </tr>`;
    }),
    after: view.after,
    next: view.next,
  });
}
