import { addDays } from "../../metrics/business-calendar.ts";
import { readAgentsDocument } from "../../stats/agents.ts";
import { describeInstant } from "../../stats/describe-period.ts";
import { metricsOfPeriod } from "../../stats/period-metrics.ts";
import { operationsOf } from "../../stats/operations.ts";
import { readOperations } from "../../stats/read-operations.ts";
import { readPeriod, readTenantToday } from "../../stats/read-period.ts";
import { checkMonth, shorten } from "../../stats/report-period.ts";
import { StatsError } from "../../stats/stats-error.ts";
import type { StatsErrorCode } from "../../stats/stats-error.ts";
import { eventListNames, eventLists, isAgentList } from "../../stats/lists/event-lists.ts";
import type { EventList } from "../../stats/lists/event-lists.ts";
import { decodePosition, encodePosition } from "../../stats/lists/event-position.ts";
import type { ListedEvent } from "../../stats/lists/listed-event.ts";
import { readAgentNames } from "../../stats/sql/read-agent-names.ts";
import { readEventList } from "../../stats/sql/read-event-list.ts";
import { readRetainedFrom } from "../../stats/sql/read-retained-from.ts";
import { readTicketEvents } from "../../stats/sql/read-ticket.ts";
import { readTicketList } from "../../stats/sql/read-ticket-list.ts";
import { renderAgent } from "../events/render-agent.ts";
import { renderEventList } from "../events/render-event-list.ts";
import { renderTicket } from "../events/render-ticket.ts";
import { renderTicketList } from "../events/render-ticket-list.ts";
import { ticketListNames } from "../../stats/lists/ticket-lists.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";

const eventsOfPage = 100;

/**
 * The path back where a figure counts events: `/report/events?month=&of=` behind a figure (of one agent with `agent`),
 * `/report/tickets?month=&of=` behind a figure of tickets that is no flow, `/report/agents/{agent_id}` behind an agent, `/report/tickets/{ticket_id}` behind a ticket.
 */
export function routeEvents(app: WebApp, context: WebContext): void {
  app.get("/report/events", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, ["month", "of", "agent", "after"]);
    const locale = localeOfPage(query, context.locale);
    const list = listOf(query["of"]);
    const agentId = query["agent"] === undefined ? null : readId(query["agent"], "agent", "invalid_parameter", 400);
    if (agentId !== null && !isAgentList(list)) {
      throw new StatsError("invalid_parameter", `the events of ${list} belong to no agent; leave agent out`, "agent");
    }
    const after = query["after"] === undefined ? null : decodePosition(query["after"]);
    const tenantId = context.tenantOf(request);
    const facts = await readPeriod(context, tenantId, { month: query["month"] });
    const month = facts.period.startDate.slice(0, 7);
    const fromMs = facts.calendar.startOfDay(facts.period.startDate);
    const [found, retainedFromMs, agents] = await Promise.all([
      // One more than is shown says whether there is another page.
      readEventList(context.pool, tenantId, {
        list,
        agentId,
        fromMs,
        toMs: facts.calendar.startOfDay(addDays(facts.period.endDate, 1)),
        after,
        limit: eventsOfPage + 1,
      }),
      readRetainedFrom(context.pool, tenantId),
      agentId === null ? null : readAgentsDocument(context, tenantId, month, locale),
    ]);
    const { counter } = eventLists[list];
    const ofAgent = agents?.agents.find(({ agent_id: id }) => id === agentId);
    const total =
      counter === null
        ? null
        : agentId === null
          ? (metricsOfPeriod(facts, locale).get(counter)?.value ?? 0)
          : (ofAgent?.metrics[counter]?.value ?? 0);
    const { events, next } = pageOf(found);
    const view = {
      facts,
      month,
      list,
      agentId,
      agentNames: await namesIn(events, tenantId, agentId),
      total,
      events,
      next,
      after: query["after"] ?? null,
      goneBefore:
        retainedFromMs !== null && retainedFromMs > fromMs
          ? describeInstant(retainedFromMs, facts.tenant.timezone, locale)
          : null,
    };
    return sendPage(reply, renderEventList(view, locale, context), locale);
  });

  app.get("/report/tickets", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, ["month", "of", "after"]);
    const locale = localeOfPage(query, context.locale);
    const list = ticketListNames.find((name) => name === query["of"]);
    if (list === undefined) {
      throw new StatsError(
        "invalid_parameter",
        `of = "${shorten(query["of"] ?? "")}" is no list of tickets; pass one of ${ticketListNames.join(", ")}`,
        "of",
      );
    }
    const after = query["after"] === undefined ? null : readId(query["after"], "after", "invalid_parameter", 400);
    const tenantId = context.tenantOf(request);
    const operations = await readOperations(context, tenantId, { month: query["month"] });
    const { period: facts } = operations;
    const fromMs = facts.calendar.startOfDay(facts.period.startDate);
    const endMs = facts.calendar.startOfDay(addDays(facts.period.endDate, 1));
    const found = await readTicketList(context.pool, tenantId, {
      list,
      // As the figure: never beyond now.
      range: { fromMs, toMs: Math.min(endMs, Math.max(facts.nowMs, fromMs)) },
      after,
      limit: eventsOfPage + 1,
    });
    const tickets = found.slice(0, eventsOfPage);
    const view = {
      facts,
      month: facts.period.startDate.slice(0, 7),
      list,
      total: operationsOf(operations, locale).metrics[list]?.value ?? 0,
      tickets,
      next: found.length > eventsOfPage ? String(tickets.at(-1)?.ticketId) : null,
      after: query["after"] ?? null,
    };
    return sendPage(reply, renderTicketList(view, locale, context), locale);
  });

  app.get<{ Params: { agent_id: string } }>(
    "/report/agents/:agent_id",
    { schema: { hide: true } },
    async (request, reply) => {
      const query = readQuery(request, ["month"]);
      const locale = localeOfPage(query, context.locale);
      const agentId = readId(request.params.agent_id, "agent_id", "agent_not_found", 404);
      const tenantId = context.tenantOf(request);
      const document = await readAgentsDocument(context, tenantId, query["month"], locale);
      const { month } = document;
      const operations = operationsOf(await readOperations(context, tenantId, { month }), locale);
      return sendPage(reply, renderAgent({ agentId, month, document, operations }, locale, context), locale);
    },
  );

  app.get<{ Params: { ticket_id: string } }>(
    "/report/tickets/:ticket_id",
    { schema: { hide: true } },
    async (request, reply) => {
      const query = readQuery(request, ["month", "after"]);
      const locale = localeOfPage(query, context.locale);
      const ticketId = readId(request.params.ticket_id, "ticket_id", "ticket_not_found", 404);
      const after = query["after"] === undefined ? null : decodePosition(query["after"]);
      if (query["month"] !== undefined) checkMonth(query["month"], "month");
      const tenantId = context.tenantOf(request);
      const [{ tenant, calendar }, found] = await Promise.all([
        readTenantToday(context, tenantId),
        readTicketEvents(context.pool, tenantId, ticketId, after, eventsOfPage + 1),
      ]);
      if (found.length === 0) {
        throw new StatsError(
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
        // The month from which the reader came, else the one in which it begins.
        month: query["month"] ?? calendar.dayOf(Date.parse((events[0] as ListedEvent).occurred_at)).slice(0, 7),
        events,
        next,
        after: query["after"] ?? null,
        agentNames: await namesIn(events, tenantId, null),
      };
      return sendPage(reply, renderTicket(view, locale, context), locale);
    },
  );

  function namesIn(
    events: readonly ListedEvent[],
    tenantId: string,
    agentId: number | null,
  ): Promise<ReadonlyMap<number, string>> {
    const ids = new Set(events.flatMap(({ agent_id: id }) => (id === null ? [] : [id])));
    if (agentId !== null) ids.add(agentId);
    return readAgentNames(context.pool, tenantId, [...ids]);
  }
}

function pageOf(found: readonly ListedEvent[]): { events: readonly ListedEvent[]; next: string | null } {
  const events = found.slice(0, eventsOfPage);
  const last = events.at(-1);
  const next =
    found.length > eventsOfPage && last !== undefined
      ? encodePosition({ occurredAtMs: Date.parse(last.occurred_at), eventId: last.event_id })
      : null;
  return { events, next };
}

function listOf(named: string | undefined): EventList {
  const list = eventListNames.find((name) => name === named);
  if (list !== undefined) return list;
  throw new StatsError(
    "invalid_parameter",
    `of = "${shorten(named ?? "")}" is no list of events; pass one of ${eventListNames.join(", ")}`,
    "of",
  );
}

/** @throws StatsError where it is no number that an agent or a ticket may have */
function readId(text: string, parameter: string, code: StatsErrorCode, status: number): number {
  const id = Number(text);
  if (/^-?\d{1,10}$/.test(text) && id >= -2_147_483_648 && id <= 2_147_483_647) return id;
  throw new StatsError(code, `${parameter} = "${shorten(text)}" is not a whole number of 32 bits`, parameter, status);
}
