import { periodOfPage, periodParameterNames } from "../../stats/name-period.ts";
import { segmentOfPage, segmentParameterNames } from "../../stats/segment-query.ts";
import type { FastifyRequest } from "fastify";
import { RequestError } from "../../stats/request-error.ts";
import { linkTo } from "../page/page-links.ts";
import { reportContext } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { readReport } from "../report/read-report.ts";
import type { ReportOptions } from "../report/read-report.ts";
import { renderReport } from "../report/render-report.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { frameOf } from "../page/page-frame.ts";

/** `GET /report?month=2025-12`, `?period=2025-W52`, `?start_date=…&end_date=…`: the case study for people. */
export function routeReport(app: WebApp, context: WebContext): void {
  app.get("/report", { schema: { hide: true } }, async (request, reply) => {
    const report = await readReportOf(request, context).catch(noDeclaredSegment);
    if (report !== null) return sendPage(reply, renderReport(report, frameOf(context, request)), report.locale);
    const others = Object.entries(readQuery(request, parameters)).filter(([name]) => name !== "segment");
    return reply.redirect(
      linkTo("/report", Object.fromEntries(others.map(([name, text]) => [name, text ?? null]))),
      303,
    );
  });
}

const parameters = [...periodParameterNames, ...segmentParameterNames, "compare"];

/** Bookmarks outlive a config: the page of a dimension that nobody declares any more is that of all conversations. */
function noDeclaredSegment(error: unknown): null {
  if (error instanceof RequestError && error.parameter === "segment") return null;
  throw error;
}

/**
 * The report that a request names by a period, `compare` and `lang`.
 * @throws RequestError if a parameter is wrong
 */
export async function readReportOf(
  request: FastifyRequest,
  context: WebContext,
  options: ReportOptions = {},
): Promise<ReportContext> {
  const query = readQuery(request, parameters);
  const locale = localeOfPage(query, context.locale);
  const asked = { ...periodOfPage(query), ...segmentOfPage(query), compare: query["compare"] };
  const material = await readReport(context, context.tenantOf(request), asked, locale, options);
  return reportContext(material, locale);
}
