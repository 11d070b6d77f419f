import type { PeriodAddress } from "../../stats/name-period.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { ListOrder, ListPart } from "../../stats/lists/list-order.ts";
import { ticketListNames } from "../../stats/lists/ticket-lists.ts";
import type { TicketList } from "../../stats/lists/ticket-lists.ts";
import type { PeriodReading } from "../../stats/read-period.ts";
import type { ListedTicket, TicketSort } from "../../stats/sql/read-ticket-list.ts";
import { maxCsvRows } from "../export/write-list-csv.ts";
import { listTexts } from "../lists/list-texts.ts";
import { renderFilter, sortHeads } from "../lists/render-sorting.ts";
import { describeDuration } from "../page/describe-duration.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html, type Fragment, type Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo } from "../page/page-links.ts";
import { renderListPage } from "../page/render-list-page.ts";
import { textsOf } from "../report/choose-texts.ts";
import { eventTexts } from "./event-texts.ts";

export interface TicketListView {
  readonly reading: PeriodReading;
  readonly at: PeriodAddress;
  readonly list: TicketList;
  /** Without a filter. */
  readonly total: number;
  readonly part: ListPart<ListedTicket>;
  readonly agentNames: ReadonlyMap<number, string>;
  /** A number that was looked for and does not exist. */
  readonly asked: number | null;
  readonly priority: string | null;
  readonly order: ListOrder<TicketSort>;
  /** Filter and order as parameters of an address. */
  readonly chosen: Readonly<Record<string, string | null>>;
  readonly here: Readonly<Record<"after" | "before", string | null>>;
}

const path = "/report/tickets";

/** The tickets behind a figure as a page. */
export function renderTicketList(view: TicketListView, locale: Locale, frame: PageFrame): string {
  const words = eventTexts[locale];
  const own = listTexts[locale];
  const { reading, at, list, part, order, chosen } = view;
  const period = describePeriod(reading.period, locale);
  const shown = formatCount(part.rows.length, locale);
  const number = { column: "number", text: words.ticket } as const;
  const age = { column: "age", text: words.age } as const;
  const text = (head: string) => ({ text: head, isText: true });
  return renderListPage({
    locale,
    frame,
    path,
    at,
    period,
    title: words.title(words.ticketLists[list], period),
    lists: Object.fromEntries(ticketListNames.map((name) => [name, words.ticketLists[name]])),
    list,
    chosen,
    words: { path: words.path, lists: words.ticket, none: words.none },
    meta: html`${view.priority === null ? own.ofAll(shown, formatCount(view.total, locale)) : own.shown(shown)} ·
    ${textsOf(locale).timezone(reading.tenant.timezone)}
    ${view.asked !== null && html` · ${words.noTicket(String(view.asked))}`}`,
    filter: renderFilter({
      locale,
      path,
      kept: { ...at, of: list },
      fields: [
        { name: "q", label: words.ticketNumber, value: view.asked === null ? null : String(view.asked) },
        { name: "priority", label: words.priority, value: view.priority },
      ],
      order,
      columns: [number, age],
      clearHref: linkTo(path, { ...at, of: list, lang: locale }),
    }),
    head: sortHeads(
      [
        number,
        { text: words.created },
        age,
        text(words.priority),
        text(words.assignee),
        text(words.sla),
        { text: words.closed },
        { text: words.reopened },
      ],
      order,
      (sort) => linkTo(path, { ...at, of: list, ...chosen, sort, lang: locale }),
    ),
    rows: part.rows.map((ticket) => renderRow(ticket, view, locale)),
    csv: view.total > maxCsvRows ? own.csvFirst(formatCount(maxCsvRows, locale)) : own.csv,
    here: view.here,
    previous: part.previous,
    next: part.next,
  });
}

function renderRow(ticket: ListedTicket, { reading, at, agentNames }: TicketListView, locale: Locale): Html {
  const words = eventTexts[locale];
  const moment = describeMoment(reading.tenant.timezone, locale);
  const { assigneeId, slaMet } = ticket;
  const cell = (label: string, content: Fragment, kind = ""): Html =>
    html`<td data-label="${label}" class="${kind}${content === "—" && " void"}">${content}</td>`;
  const time = (ms: number | null): string => (ms === null ? "—" : moment(ms));
  return html`<tr>
    <th scope="row">
      <a href="${linkTo(`/report/tickets/${ticket.ticketId}`, { ...at, lang: locale })}">#${ticket.ticketId}</a>
    </th>
    ${cell(words.created, time(ticket.createdMs))} ${cell(words.age, describeDuration(ticket.ageMs, locale))}
    ${cell(words.priority, ticket.priority ?? "—", "left")}
    ${cell(
      words.assignee,
      assigneeId === null
        ? "—"
        : html`<a href="${linkTo(`/report/agents/${assigneeId}`, { ...at, lang: locale })}"
            >${agentNames.get(assigneeId) ?? words.unnamed(String(assigneeId))}</a
          >`,
      "left",
    )}
    ${cell(words.sla, slaMet === null ? "—" : slaMet ? words.slaMet : words.slaMissed, "left")}
    ${cell(words.closed, time(ticket.resolvedMs))} ${cell(words.reopened, time(ticket.lastReopenedMs))}
  </tr>`;
}
