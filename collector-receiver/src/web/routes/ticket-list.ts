import { periodOfPage, periodParameterNames, periodAddress, periodSlug } from "../../stats/name-period.ts";
import { addDays } from "../../metrics/business-calendar.ts";
import { listOrderOf, sortName } from "../../stats/lists/list-order.ts";
import { ticketListNames } from "../../stats/lists/ticket-lists.ts";
import type { TicketList } from "../../stats/lists/ticket-lists.ts";
import { readPeriod } from "../../stats/read-period.ts";
import { readAgentNames } from "../../stats/sql/read-agent-names.ts";
import { readTicketEvents } from "../../stats/sql/read-ticket.ts";
import { readTicketList, ticketSorts } from "../../stats/sql/read-ticket-list.ts";
import { readTicketStock } from "../../stats/sql/read-ticket-stock.ts";
import { eventsOfPage } from "../events/page-of-events.ts";
import { renderTicketList } from "../events/render-ticket-list.ts";
import type { TicketListView } from "../events/render-ticket-list.ts";
import { writeTicketCsv } from "../events/write-ticket-csv.ts";
import { maxCsvRows } from "../export/write-list-csv.ts";
import { sendCsv } from "../lists/send-csv.ts";
import { listNamed } from "../lists/list-named.ts";
import { frameOf } from "../page/page-frame.ts";
import { linkTo } from "../page/page-links.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { PageQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";

const parameters = [...periodParameterNames, "of", "priority", "q", "sort", "after", "before"];
const isPosition = { key: /^-?\d{1,16}$/, id: /^-?\d{1,10}$/ };

/** `/report/tickets?month=&of=`: the tickets behind a figure of tickets as they stand, and as `/report/tickets.csv`. */
export function routeTicketList(app: WebApp, context: WebContext): void {
  app.get("/report/tickets", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, parameters);
    const locale = localeOfPage(query, context.locale);
    const tenantId = context.tenantOf(request);
    const number = ticketNumberOf(query["q"]);
    if (number !== null && (await readTicketEvents(context.pool, tenantId, number, null, 1)).length > 0) {
      const { month = null, lang = null } = query;
      return reply.redirect(linkTo(`/report/tickets/${number}`, { month, lang }), 303);
    }
    const view = await readView(context, tenantId, query, eventsOfPage);
    return sendPage(reply, renderTicketList(view, locale, frameOf(context, request)), locale);
  });
  app.get("/report/tickets.csv", { schema: { hide: true } }, async (request, reply) => {
    const { after: _, before: __, ...query } = readQuery(request, parameters);
    const view = await readView(context, context.tenantOf(request), query, maxCsvRows);
    return sendCsv(
      reply,
      `${view.list}-${periodSlug(view.reading.period)}`,
      writeTicketCsv(view, localeOfPage(query, context.locale)),
    );
  });
}

/** @throws RequestError if a parameter is wrong */
async function readView(
  context: WebContext,
  tenantId: string,
  query: PageQuery,
  limit: number,
): Promise<TicketListView> {
  const list = listNamed(ticketListNames, query["of"], "tickets");
  const order = listOrderOf(query, ticketSorts, isPosition);
  const priority = (query["priority"] ?? "").replaceAll("\0", "").trim() || null;
  const reading = await readPeriod(context, tenantId, periodOfPage(query));
  const fromMs = reading.calendar.startOfDay(reading.period.startDate);
  const endMs = reading.calendar.startOfDay(addDays(reading.period.endDate, 1));
  const [part, [stock]] = await Promise.all([
    readTicketList(context.pool, tenantId, {
      list,
      // As the figure: never beyond now.
      range: { fromMs, toMs: Math.min(endMs, Math.max(reading.nowMs, fromMs)) },
      priority,
      order,
      limit,
    }),
    readTicketStock(context.pool, tenantId, [reading.period.endDate]),
  ]);
  const { tickets_reopened, tickets_resolved } = reading.counters;
  const totals: Readonly<Record<TicketList, string | null | undefined>> = {
    ticket_backlog: stock?.open,
    ticket_backlog_unassigned: stock?.unassigned,
    tickets_reopened,
    tickets_resolved,
  };
  const assignees = new Set(part.rows.flatMap(({ assigneeId }) => (assigneeId === null ? [] : [assigneeId])));
  return {
    reading,
    at: periodAddress(reading.period),
    list,
    total: Number(totals[list] ?? 0),
    part,
    agentNames: await readAgentNames(context.pool, tenantId, [...assignees]),
    asked: ticketNumberOf(query["q"]),
    priority,
    order,
    chosen: { priority, sort: sortName(order, ticketSorts) },
    here: { after: query["after"] ?? null, before: query["before"] ?? null },
  };
}

/** The number that somebody looks for, also as `#1042`; null: none, or what cannot be a ticket's. */
function ticketNumberOf(text: string | undefined): number | null {
  const [, digits] = /^#?(-?\d{1,10})$/.exec((text ?? "").trim()) ?? [];
  const number = Number(digits);
  return digits !== undefined && Math.abs(number) < 2 ** 31 ? number : null;
}
