import { readTenantToday } from "../../stats/read-period.ts";
import { readCounterSeries } from "../../stats/sql/read-counter-series.ts";
import { addressOf } from "../months/first-event.ts";
import { renderMonths } from "../months/render-months.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { frameOf } from "../page/page-frame.ts";

/** `GET /`: the months that have numbers. */
export function routeMonths(app: WebApp, context: WebContext): void {
  app.get("/", { schema: { hide: true } }, async (request, reply) => {
    const locale = localeOfPage(readQuery(request, []), context.locale);
    const tenantId = context.tenantOf(request);
    const [at, months] = await Promise.all([
      readTenantToday(context, tenantId),
      readCounterSeries(context.pool, tenantId, { periodType: "month", first: "1970-01", last: "9998-12" }),
    ]);
    const first = {
      address: addressOf(request, context.basePath ?? ""),
      nowMs: context.now(),
      asksForToken: context.signIn !== undefined,
    };
    return sendPage(reply, renderMonths(at, months, locale, frameOf(context, request), first), locale);
  });
}
