import { addDays } from "../../metrics/business-calendar.ts";
import { metricsOfPeriod } from "../../stats/period-metrics.ts";
import { readPeriod } from "../../stats/read-period.ts";
import { shorten } from "../../stats/report-period.ts";
import { RequestError } from "../../stats/request-error.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import { renderSessionList } from "../sessions/render-session-list.ts";
import { readSessionList } from "../../stats/sql/read-session-list.ts";
import type { ListPosition } from "../../stats/sql/read-session-list.ts";
import { sessionListNames } from "../../stats/lists/session-lists.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { frameOf } from "../page/page-frame.ts";

const sessionsOfPage = 100;

/** `/report/sessions?month=&of=`: the sessions behind a figure. */
export function routeSessions(app: WebApp, context: WebContext): void {
  app.get("/report/sessions", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, ["month", "of", "after"]);
    const locale = localeOfPage(query, context.locale);
    const named = query["of"] ?? "total_sessions";
    const list = sessionListNames.find((name) => name === named);
    if (list === undefined) {
      throw new RequestError(
        "invalid_parameter",
        `of = "${shorten(named)}" is not a list of sessions; pass one of ${sessionListNames.join(", ")}`,
        "of",
      );
    }
    const after = query["after"] === undefined ? null : positionOf(query["after"]);
    const tenantId = context.tenantOf(request);
    const reading = await readPeriod(context, tenantId, { month: query["month"] });
    // One more than is shown says whether there is another page.
    const found = await readSessionList(context.pool, tenantId, {
      list,
      fromMs: reading.calendar.startOfDay(reading.period.startDate),
      toMs: reading.calendar.startOfDay(addDays(reading.period.endDate, 1)),
      idleThroughMs: reading.tenant.idleThroughMs,
      idleTimeoutMs: reading.tenant.idleTimeoutMs,
      after,
      limit: sessionsOfPage + 1,
    });
    const sessions = found.slice(0, sessionsOfPage);
    const last = sessions.at(-1);
    const view = {
      reading,
      month: reading.period.startDate.slice(0, 7),
      list,
      total: metricsOfPeriod(reading, locale).get(list)?.value ?? 0,
      sessions,
      next: found.length > sessionsOfPage && last !== undefined ? `${last.firstStartMs}_${last.sessionId}` : null,
      after: query["after"] ?? null,
    };
    return sendPage(reply, renderSessionList(view, locale, frameOf(context, request)), locale);
  });
}

function positionOf(text: string): ListPosition {
  const match = /^(\d{1,14})_([^\0]{1,128})$/.exec(text);
  if (match !== null) return { startMs: Number(match[1]), sessionId: match[2] as string };
  throw new RequestError(
    "invalid_parameter",
    `after = "${shorten(text)}" is not a page position; follow the link to the next page`,
    "after",
  );
}
