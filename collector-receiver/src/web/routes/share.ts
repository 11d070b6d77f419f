import type { FastifyRequest } from "fastify";
import { readTenantToday } from "../../stats/read-period.ts";
import { periodAddress, periodOfPage, periodParameterNames, periodSlug } from "../../stats/name-period.ts";
import { parseSegment, segmentAddress, segmentOfPage, segmentParameterNames } from "../../stats/segment-query.ts";
import { parsePeriod } from "../../stats/report-period.ts";
import type { PeriodQuery } from "../../stats/report-period.ts";
import { listShares } from "../../stats/sql/list-shares.ts";
import type { ListedShare } from "../../stats/sql/list-shares.ts";
import { addressOf } from "../months/first-event.ts";
import { frameOf } from "../page/page-frame.ts";
import { linkTo } from "../page/page-links.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import { isFromOurPage } from "../page/sign-in.ts";
import { formOf } from "../page/take-forms.ts";
import { previewReport } from "../share/freeze-report.ts";
import { renderShare } from "../share/render-share.ts";
import type { ShareView } from "../share/render-share.ts";
import { shareTermsOf } from "../share/share-desk.ts";
import { makeShareToken } from "../share/share-token.ts";
import type { WebApp, WebContext } from "../web-options.ts";

/** Forms are answered where they arrive: their answers are short, and what is built for them is built elsewhere. */
export const shareFormRoutes: readonly string[] = ["/report/share/create", "/report/share/revoke"];

/** `/report/share`: the page from which the report of a period is shared, with a preview, and its two forms. */
export function routeShare(app: WebApp, context: WebContext): void {
  app.get("/report/share", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, [...periodParameterNames, ...segmentParameterNames]);
    const locale = localeOfPage(query, context.locale);
    const view = await readView(context, context.tenantOf(request), reportOfPage(query));
    return sendPage(reply, renderShare(view, locale, frameOf(context, request)), locale);
  });

  app.get("/report/share/preview", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, [...periodParameterNames, ...segmentParameterNames, "days", "least"]);
    const locale = localeOfPage(query, context.locale);
    const tenantId = context.tenantOf(request);
    const terms = shareTermsOf((name) => query[name], context.now());
    const options = { ...terms, sampleData: context.sampleData };
    return sendPage(
      reply,
      await previewReport(context, tenantId, { query: reportOfPage(query), locale }, options),
      locale,
    );
  });

  const { shares } = context;
  if (shares === undefined) return;
  app.post("/report/share/create", { schema: { hide: true } }, async (request, reply) => {
    const { form, query, locale, back } = readForm(request, context);
    if (!isFromOurPage(request)) return reply.redirect(back, 303);
    const tenantId = context.tenantOf(request);
    const { least, expiresAt } = shareTermsOf((name) => form.get(name), context.now());
    // Refused here, with what is wrong, and not by the thread.
    parsePeriod(query, (await readTenantToday(context, tenantId)).today);
    const frozen = await shares.freeze(tenantId, query, { least, expiresAt, sampleData: context.sampleData });
    const { token, tokenHash } = makeShareToken();
    await shares.store(tokenHash, { tenantId, month: frozen.slug, ...frozen, expiresAt });
    const address = `${addressOf(request, context.basePath ?? "")}/shared/${token}`;
    const view = await readView(context, tenantId, query, shares.list);
    // The link is in it: no cache keeps it.
    void reply.header("cache-control", "private, no-store");
    return sendPage(
      reply,
      renderShare({ ...view, made: { address, expiresAt } }, locale, frameOf(context, request)),
      locale,
    );
  });
  app.post("/report/share/revoke", { schema: { hide: true } }, async (request, reply) => {
    const { form, back } = readForm(request, context);
    if (isFromOurPage(request)) await shares.revoke(context.tenantOf(request), form.get("id") ?? "");
    return reply.redirect(back, 303);
  });
}

function readForm(request: FastifyRequest, context: WebContext) {
  const form = formOf(request);
  const fields = Object.fromEntries(form);
  const query = reportOfPage(fields);
  const locale = localeOfPage(fields, context.locale);
  return { form, query, locale, back: linkTo("/report/share", { ...addressIn(query), lang: locale }) };
}

/** The period and the filter that the address of a page names. */
const reportOfPage = (query: Readonly<Record<string, string | undefined>>): PeriodQuery => ({
  ...periodOfPage(query),
  ...segmentOfPage(query),
});

const addressIn = (query: PeriodQuery): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(query).filter((pair): pair is [string, string] => typeof pair[1] === "string"));

/** @throws RequestError if the query is wrong */
async function readView(
  context: Pick<WebContext, "pool" | "now">,
  tenantId: string,
  query: PeriodQuery,
  list: (tenantId: string) => Promise<ListedShare[]> = (tenant) => listShares(context.pool, tenant),
): Promise<ShareView> {
  const { tenant, today, nowMs } = await readTenantToday(context, tenantId);
  const period = parsePeriod(query, today);
  const slug = periodSlug(period);
  const shares = await list(tenantId);
  return {
    address: { ...periodAddress(period), ...segmentAddress(parseSegment(query)) },
    period,
    timezone: tenant.timezone,
    nowMs,
    shares: shares.filter((share) => share.month === slug),
    made: null,
  };
}
