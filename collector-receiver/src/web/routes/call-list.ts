import { readCallsOf } from "../../stats/call-list.ts";
import { callListNames } from "../../stats/lists/call-lists.ts";
import { periodOfPage, periodParameterNames, periodSlug } from "../../stats/name-period.ts";
import { renderCallList } from "../events/render-call-list.ts";
import { writeCallCsv } from "../events/write-call-csv.ts";
import { eventsOfPage } from "../events/page-of-events.ts";
import { maxCsvRows } from "../export/write-list-csv.ts";
import { listNamed } from "../lists/list-named.ts";
import { sendCsv } from "../lists/send-csv.ts";
import { frameOf } from "../page/page-frame.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { PageQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";

const parameters = [
  ...periodParameterNames,
  "of",
  "model",
  "provider",
  "service_tier",
  "session_id",
  "sort",
  "after",
  "before",
];

/** `/report/calls?month=&of=`: the calls of models behind a figure, and as `/report/calls.csv`. */
export function routeCallList(app: WebApp, context: WebContext): void {
  const readList = (tenantId: string, words: PageQuery, limit: number) => {
    const list = listNamed(callListNames, words["of"] ?? "ai_calls", "calls");
    return readCallsOf(context, tenantId, periodOfPage(words), { list, words, limit });
  };
  app.get("/report/calls", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, parameters);
    const locale = localeOfPage(query, context.locale);
    const here = { after: query["after"] ?? null, before: query["before"] ?? null };
    const view = { ...(await readList(context.tenantOf(request), query, eventsOfPage)), here };
    return sendPage(reply, renderCallList(view, locale, frameOf(context, request)), locale);
  });
  app.get("/report/calls.csv", { schema: { hide: true } }, async (request, reply) => {
    const { after: _, before: __, ...query } = readQuery(request, parameters);
    const view = await readList(context.tenantOf(request), query, maxCsvRows);
    const name = `${view.list}-${periodSlug(view.reading.period)}`;
    return sendCsv(reply, name, writeCallCsv(view, localeOfPage(query, context.locale)));
  });
}
