import { addDays } from "../../metrics/business-calendar.ts";
import { ticketListNames } from "../../stats/lists/ticket-lists.ts";
import { operationsOf } from "../../stats/operations.ts";
import { readOperations } from "../../stats/read-operations.ts";
import { shorten } from "../../stats/report-period.ts";
import { readTicketList } from "../../stats/sql/read-ticket-list.ts";
import { RequestError } from "../../stats/request-error.ts";
import { renderTicketList } from "../events/render-ticket-list.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { eventsOfPage } from "../events/page-of-events.ts";
import { readId } from "../page/read-id.ts";
import { frameOf } from "../page/page-frame.ts";

/** `/report/tickets?month=&of=`: the tickets behind a figure of tickets as they stand. */
export function routeTicketList(app: WebApp, context: WebContext): void {
  app.get("/report/tickets", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, ["month", "of", "after"]);
    const locale = localeOfPage(query, context.locale);
    const list = ticketListNames.find((name) => name === query["of"]);
    if (list === undefined) {
      throw new RequestError(
        "invalid_parameter",
        `of = "${shorten(query["of"] ?? "")}" is not a list of tickets; pass one of ${ticketListNames.join(", ")}`,
        "of",
      );
    }
    const after = query["after"] === undefined ? null : readId(query["after"], "after", "invalid_parameter", 400);
    const tenantId = context.tenantOf(request);
    const operations = await readOperations(context, tenantId, { month: query["month"] });
    const { period: reading } = operations;
    const fromMs = reading.calendar.startOfDay(reading.period.startDate);
    const endMs = reading.calendar.startOfDay(addDays(reading.period.endDate, 1));
    const found = await readTicketList(context.pool, tenantId, {
      list,
      // As the figure: never beyond now.
      range: { fromMs, toMs: Math.min(endMs, Math.max(reading.nowMs, fromMs)) },
      after,
      limit: eventsOfPage + 1,
    });
    const tickets = found.slice(0, eventsOfPage);
    const view = {
      reading,
      month: reading.period.startDate.slice(0, 7),
      list,
      total: (await operationsOf(operations, locale, [])).metrics[list]?.value ?? 0,
      tickets,
      next: found.length > eventsOfPage ? String(tickets.at(-1)?.ticketId) : null,
      after: query["after"] ?? null,
    };
    return sendPage(reply, renderTicketList(view, locale, frameOf(context, request)), locale);
  });
}
