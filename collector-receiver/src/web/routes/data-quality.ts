import { addDays } from "../../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../../metrics/business-calendar.ts";
import { qualityCodeNames } from "../../metrics/quality-codes.ts";
import { instantsOfDay, readDataQuality } from "../../stats/data-quality.ts";
import { decodePosition, encodePosition } from "../../stats/lists/event-position.ts";
import type { EventPosition } from "../../stats/lists/event-position.ts";
import { readPeriod } from "../../stats/read-period.ts";
import { shorten } from "../../stats/report-period.ts";
import { RequestError } from "../../stats/request-error.ts";
import { readQualityDays } from "../../stats/sql/read-quality.ts";
import type { QualityDay, QualityKey } from "../../stats/sql/read-quality.ts";
import { readQualityEvents } from "../../stats/sql/read-quality-events.ts";
import { readQualityRejections } from "../../stats/sql/read-quality-rejections.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";
import { eventsOfPage, pageOf, readNamesOfAgents } from "../events/page-of-events.ts";
import { frameOf } from "../page/page-frame.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { PageQuery } from "../page/read-query.ts";
import { renderQuality } from "../quality/render-quality.ts";
import type { PeriodParameters } from "../quality/render-quality.ts";
import { renderQualityEvents } from "../quality/render-quality-events.ts";
import type { WebApp, WebContext } from "../web-options.ts";

const periodNames = ["month", "period", "start_date", "end_date"] as const;
const keyNames = ["code", "event", "attribute", "detail"] as const;

/** `/data-quality`: what the numbers of a period rest on; `/data-quality/events`: the events behind one of its lines. */
export function routeDataQualityPages(app: WebApp, context: WebContext): void {
  app.get("/data-quality", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, periodNames);
    const locale = localeOfPage(query, context.locale);
    const document = await readDataQuality(context, context.tenantOf(request), query, locale);
    return sendPage(reply, renderQuality(document, periodOf(query), locale, frameOf(context, request)), locale);
  });

  app.get("/data-quality/events", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, [...periodNames, ...keyNames, "after"]);
    const locale = localeOfPage(query, context.locale);
    const key = keyOf(query);
    const after = query["after"] === undefined ? null : decodePosition(query["after"]);
    const tenantId = context.tenantOf(request);
    const reading = await readPeriod(context, tenantId, query);
    const days = await readQualityDays(context.pool, tenantId, reading.period, key);
    const isRejection = key.code === "rejected";
    const { ranges, rest } = daysOfPage(days, reading.calendar, after);
    // One more than is shown says whether there is another page.
    const found = isRejection
      ? []
      : await readQualityEvents(context.pool, tenantId, key, ranges, after, eventsOfPage + 1);
    const whole = {
      fromMs: reading.calendar.startOfDay(reading.period.startDate),
      toMs: reading.calendar.startOfDay(addDays(reading.period.endDate, 1)),
    };
    const rejections = isRejection ? await readQualityRejections(context.pool, tenantId, key, whole, eventsOfPage) : [];
    const { events, next } = pageOf(found);
    const view = {
      reading,
      asked: periodOf(query),
      key,
      total: days.reduce((sum, day) => sum + day.events, 0),
      events,
      rejections,
      agentNames: await readNamesOfAgents(context.pool, tenantId, events, null),
      next: next ?? (isRejection || rest === null ? null : encodePosition(rest)),
      after: query["after"] ?? null,
    };
    return sendPage(reply, renderQualityEvents(view, locale, frameOf(context, request)), locale);
  });
}

/** Events that are read for a page at most, but one day: a day of a large tenant is read in a second. */
const maxReadOfPage = 1_000_000;

/** The days that a page looks at, and where the rest begins; null: there is none. */
function daysOfPage(
  days: readonly QualityDay[],
  calendar: BusinessCalendar,
  after: EventPosition | null,
): { readonly ranges: readonly InstantRange[]; readonly rest: EventPosition | null } {
  const ranges: InstantRange[] = [];
  let read = 0;
  for (const { day, outOf } of days) {
    const range = instantsOfDay(calendar, day);
    if (after !== null && range.toMs <= after.occurredAtMs) continue;
    if (ranges.length > 0 && read + outOf > maxReadOfPage) {
      return { ranges, rest: { occurredAtMs: range.fromMs - 1, eventId: lastId } };
    }
    read += outOf;
    ranges.push(range);
  }
  return { ranges, rest: null };
}

const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

function periodOf(query: PageQuery): PeriodParameters {
  const { month = null, period = null, start_date: startDate = null, end_date: endDate = null } = query;
  return { month, period, start_date: startDate, end_date: endDate };
}

/** @throws RequestError if the code is not one of the ledger */
function keyOf(query: PageQuery): QualityKey {
  const code = qualityCodeNames.find((name) => name === query["code"]);
  if (code !== undefined) {
    const { event = "", attribute = "", detail = "" } = query;
    return { code, eventName: event, attribute, detail };
  }
  throw new RequestError(
    "invalid_parameter",
    `code = "${shorten(query["code"] ?? "")}" is not a code of the ledger; pass one of ${qualityCodeNames.join(", ")}`,
    "code",
  );
}
