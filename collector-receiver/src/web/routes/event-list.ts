import { periodOfPage, periodParameterNames, periodAddress } from "../../stats/name-period.ts";
import { addDays } from "../../metrics/business-calendar.ts";
import { readAgentsDocument } from "../../stats/agents.ts";
import { describeInstant } from "../../stats/describe-period.ts";
import { eventListNames, eventLists, isAgentList } from "../../stats/lists/event-lists.ts";
import { decodePosition } from "../../stats/lists/event-position.ts";
import { metricsOfPeriod } from "../../stats/period-metrics.ts";
import { readPeriod } from "../../stats/read-period.ts";
import { readEventList } from "../../stats/sql/read-event-list.ts";
import { readRetainedFrom } from "../../stats/sql/read-retained-from.ts";
import { RequestError } from "../../stats/request-error.ts";
import { renderEventList } from "../events/render-event-list.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { eventsOfPage, pageOf, readNamesOfAgents } from "../events/page-of-events.ts";
import { readId } from "../page/read-id.ts";
import { frameOf } from "../page/page-frame.ts";
import { listNamed } from "../lists/list-named.ts";

/** `/report/events?month=&of=`: the events that a figure counts; of one agent with `agent`. */
export function routeEventList(app: WebApp, context: WebContext): void {
  app.get("/report/events", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, [...periodParameterNames, "of", "agent", "after"]);
    const locale = localeOfPage(query, context.locale);
    const list = listNamed(eventListNames, query["of"], "events");
    const agentId = query["agent"] === undefined ? null : readId(query["agent"], "agent", "invalid_parameter", 400);
    if (agentId !== null && !isAgentList(list)) {
      throw new RequestError("mixed_parameters", `the events of ${list} belong to no agent; leave agent out`, "agent");
    }
    const after = query["after"] === undefined ? null : decodePosition(query["after"]);
    const tenantId = context.tenantOf(request);
    const reading = await readPeriod(context, tenantId, periodOfPage(query));
    const at = periodAddress(reading.period);
    const fromMs = reading.calendar.startOfDay(reading.period.startDate);
    const [found, retainedFromMs, agents] = await Promise.all([
      // One more than is shown says whether there is another page.
      readEventList(context.pool, tenantId, {
        list,
        agentId,
        fromMs,
        toMs: reading.calendar.startOfDay(addDays(reading.period.endDate, 1)),
        after,
        limit: eventsOfPage + 1,
      }),
      readRetainedFrom(context.pool, tenantId),
      agentId === null ? null : readAgentsDocument(context, tenantId, at, locale, { limit: 1, agentId }),
    ]);
    const { counter } = eventLists[list];
    const ofAgent = agents?.agents.find(({ agent_id: id }) => id === agentId);
    const total =
      counter === null
        ? null
        : agentId === null
          ? (metricsOfPeriod(reading, locale).get(counter)?.value ?? 0)
          : (ofAgent?.metrics[counter]?.value ?? 0);
    const { events, next } = pageOf(found);
    const view = {
      reading,
      at,
      list,
      agentId,
      agentNames: await readNamesOfAgents(context.pool, tenantId, events, agentId),
      total,
      events,
      next,
      after: query["after"] ?? null,
      goneBefore:
        retainedFromMs !== null && retainedFromMs > fromMs
          ? describeInstant(retainedFromMs, reading.tenant.timezone, locale)
          : null,
    };
    return sendPage(reply, renderEventList(view, locale, frameOf(context, request)), locale);
  });
}
