import { periodOfPage, periodParameterNames, periodAddress } from "../../stats/name-period.ts";
import { decodePosition } from "../../stats/lists/event-position.ts";
import type { ListedEvent } from "../../stats/lists/listed-event.ts";
import { readTenantToday } from "../../stats/read-period.ts";
import { parsePeriod } from "../../stats/report-period.ts";
import { readTicketEvents, readTicketKinds } from "../../stats/sql/read-ticket.ts";
import { RequestError } from "../../stats/request-error.ts";
import { renderTicket } from "../events/render-ticket.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { eventsOfPage, pageOf, readNamesOfAgents } from "../events/page-of-events.ts";
import { readId } from "../page/read-id.ts";
import { frameOf } from "../page/page-frame.ts";

/** `/report/tickets/{ticket_id}`: the events of a ticket. */
export function routeTicket(app: WebApp, context: WebContext): void {
  app.get<{ Params: { ticket_id: string } }>(
    "/report/tickets/:ticket_id",
    { schema: { hide: true } },
    async (request, reply) => {
      const query = readQuery(request, [...periodParameterNames, "after"]);
      const locale = localeOfPage(query, context.locale);
      const ticketId = readId(request.params.ticket_id, "ticket_id", "ticket_not_found", 404);
      const after = query["after"] === undefined ? null : decodePosition(query["after"]);
      const tenantId = context.tenantOf(request);
      const asked = periodOfPage(query);
      // Any day will do for today: a period that is named does not depend on it.
      const cameFrom = Object.keys(asked).length === 0 ? null : periodAddress(parsePeriod(asked, "1970-01-01"));
      const [{ tenant, calendar }, found, kinds] = await Promise.all([
        readTenantToday(context, tenantId),
        readTicketEvents(context.pool, tenantId, ticketId, after, eventsOfPage + 1),
        readTicketKinds(context.pool, tenantId, ticketId),
      ]);
      if (found.length === 0) {
        throw new RequestError(
          "ticket_not_found",
          `there is no ticket ${ticketId}; check the number, or its events are gone by retention`,
          "ticket_id",
          404,
        );
      }
      const { events, next } = pageOf(found);
      const view = {
        ticketId,
        timezone: tenant.timezone,
        // The period from which the reader came, else the month in which it begins.
        at: cameFrom ?? { month: calendar.dayOf(Date.parse((events[0] as ListedEvent).occurred_at)).slice(0, 7) },
        events,
        kinds,
        next,
        after: query["after"] ?? null,
        agentNames: await readNamesOfAgents(context.pool, tenantId, events, null),
      };
      return sendPage(reply, renderTicket(view, locale, frameOf(context, request)), locale);
    },
  );
}
