import type { FastifyRequest } from "fastify";
import { reportContext } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { readReport } from "../report/read-report.ts";
import { renderReport } from "../report/render-report.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { frameOf } from "../page/page-frame.ts";

/** `GET /report?month=2025-12`: the case study for people. */
export function routeReport(app: WebApp, context: WebContext): void {
  app.get("/report", { schema: { hide: true } }, async (request, reply) => {
    const report = await readReportOf(request, context);
    return sendPage(reply, renderReport(report, frameOf(context, request)), report.locale);
  });
}

/**
 * The report that a request names by `month`, `compare` and `lang`.
 * @param agentLimit null: every agent has a row of its own
 * @throws RequestError where a parameter is wrong
 */
export async function readReportOf(
  request: FastifyRequest,
  context: WebContext,
  agentLimit?: null,
): Promise<ReportContext> {
  const query = readQuery(request, ["month", "compare"]);
  const locale = localeOfPage(query, context.locale);
  const options = { compare: query["compare"], ...(agentLimit === undefined ? {} : { agentLimit }) };
  const material = await readReport(context, context.tenantOf(request), query["month"], locale, options);
  return reportContext(material, locale);
}
