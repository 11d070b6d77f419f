import { periodOfPage, periodParameterNames, periodAddress, periodSlug } from "../../stats/name-period.ts";
import { parseSegment, segmentAddress, segmentOfPage, segmentParameterNames } from "../../stats/segment-query.ts";
import { rangesOfHour, type HourOfWeek } from "../../metrics/hour-occurrences.ts";
import { addDays } from "../../metrics/business-calendar.ts";
import { listOrderOf, sortName } from "../../stats/lists/list-order.ts";
import type { ListPart } from "../../stats/lists/list-order.ts";
import { sessionListNames } from "../../stats/lists/session-lists.ts";
import { metricsOfPeriod } from "../../stats/period-metrics.ts";
import { readPeriod } from "../../stats/read-period.ts";
import { readAgentNames } from "../../stats/sql/read-agent-names.ts";
import { readSession } from "../../stats/sql/read-session.ts";
import { readSessionList, sessionSorts } from "../../stats/sql/read-session-list.ts";
import type { ListedSession, SessionFilter } from "../../stats/sql/read-session-list.ts";
import { maxCsvRows } from "../export/write-list-csv.ts";
import { sendCsv } from "../lists/send-csv.ts";
import { listNamed } from "../lists/list-named.ts";
import { frameOf } from "../page/page-frame.ts";
import { linkTo } from "../page/page-links.ts";
import { sendPage } from "../page/page-shell.ts";
import { readId } from "../page/read-id.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { PageQuery } from "../page/read-query.ts";
import { renderSessionList } from "../sessions/render-session-list.ts";
import type { SessionListView } from "../sessions/render-session-list.ts";
import { writeSessionCsv } from "../sessions/write-session-csv.ts";
import type { WebApp, WebContext } from "../web-options.ts";

const sessionsOfPage = 100;
/** Up to here a period's conversations are sorted by what no index holds: a second of PostgreSQL's time at most. */
const maxSorted = 100_000;
const filterParameters = [...segmentParameterNames, "agent", "q", "weekday", "hour"];
const parameters = [...periodParameterNames, "of", ...filterParameters, "sort", "after", "before"];
const isPosition = { key: /^-?\d{1,16}$/, id: /^[^\0]{1,128}$/ };

/** `/report/sessions?month=&of=`: the conversations behind a figure, and as `/report/sessions.csv`. */
export function routeSessions(app: WebApp, context: WebContext): void {
  app.get("/report/sessions", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, parameters);
    const locale = localeOfPage(query, context.locale);
    const tenantId = context.tenantOf(request);
    const { q } = query;
    // Whoever knows an id wants that conversation, whenever it was.
    if (
      q !== undefined &&
      isPosition.id.test(q.trim()) &&
      (await readSession(context.pool, tenantId, q.trim())) !== null
    ) {
      return reply.redirect(
        linkTo(`/report/sessions/${encodeURIComponent(q.trim())}`, { lang: query["lang"] ?? null }),
        303,
      );
    }
    const view = await readView(context, tenantId, query, sessionsOfPage);
    return sendPage(reply, renderSessionList(view, locale, frameOf(context, request)), locale);
  });
  app.get("/report/sessions.csv", { schema: { hide: true } }, async (request, reply) => {
    const { after: _, before: __, ...query } = readQuery(request, parameters);
    const locale = localeOfPage(query, context.locale);
    const view = await readView(context, context.tenantOf(request), query, maxCsvRows);
    return sendCsv(reply, `${view.list}-${periodSlug(view.reading.period)}`, writeSessionCsv(view, locale));
  });
}

/** @throws RequestError if a parameter is wrong */
async function readView(
  context: WebContext,
  tenantId: string,
  query: PageQuery,
  limit: number,
): Promise<SessionListView> {
  const list = listNamed(sessionListNames, query["of"] ?? "total_sessions", "sessions");
  const filter = filterOf(query);
  const reading = await readPeriod(context, tenantId, periodOfPage(query));
  const metrics = metricsOfPeriod(reading, context.locale);
  const canSort = (metrics.get("total_sessions")?.value ?? 0) <= maxSorted;
  const order = listOrderOf(canSort ? query : { ...query, sort: undefined }, sessionSorts, isPosition);
  const part: ListPart<ListedSession> = await readSessionList(context.pool, tenantId, {
    list,
    fromMs: reading.calendar.startOfDay(reading.period.startDate),
    toMs: reading.calendar.startOfDay(addDays(reading.period.endDate, 1)),
    idleThroughMs: reading.tenant.idleThroughMs,
    idleTimeoutMs: reading.tenant.idleTimeoutMs,
    startRanges: filter.startHour && rangesOfHour(reading.period, reading.calendar, filter.startHour),
    filter,
    order,
    limit,
  });
  const agentIds = new Set(part.rows.flatMap(({ agentId }) => (agentId === null ? [] : [agentId])));
  return {
    reading,
    at: periodAddress(reading.period),
    list,
    total: metrics.get(list)?.value ?? 0,
    part,
    agentNames: await readAgentNames(context.pool, tenantId, [...agentIds]),
    filter,
    order: canSort ? order : null,
    maxSorted,
    chosen: {
      q: filter.idStart,
      channel: filter.channel,
      ...(filter.segment === null ? {} : segmentAddress(filter.segment)),
      agent: filter.agentId === null ? null : String(filter.agentId),
      weekday: filter.startHour === null ? null : String(filter.startHour.weekday),
      hour: filter.startHour === null ? null : String(filter.startHour.hour),
      sort: sortName(order, sessionSorts),
    },
    here: { after: query["after"] ?? null, before: query["before"] ?? null },
  };
}

/** An hour of the week; null unless both are named and exist. */
function hourOf(weekday: string | null, hour: string | null): HourOfWeek | null {
  if (weekday === null || hour === null || !/^[1-7]$/.test(weekday) || !/^(?:1?\d|2[0-3])$/.test(hour)) return null;
  return { weekday: Number(weekday), hour: Number(hour) };
}

/** What stands in the fields of the filter; an empty field filters nothing. */
function filterOf(query: PageQuery): SessionFilter {
  const text = (name: string): string | null => {
    const value = (query[name] ?? "").replaceAll("\0", "").trim();
    return value === "" ? null : value;
  };
  const agent = text("agent");
  return {
    segment: parseSegment(segmentOfPage({ product: query["product"], segment: query["segment"] })),
    channel: text("channel"),
    agentId: agent === null ? null : readId(agent, "agent", "invalid_parameter", 400),
    idStart: text("q"),
    startHour: hourOf(text("weekday"), text("hour")),
  };
}
