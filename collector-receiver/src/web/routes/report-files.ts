import { periodSlug } from "../../stats/name-period.ts";
import { RequestError } from "../../stats/request-error.ts";
import { chartsOf } from "../charts/all-charts.ts";
import { drawChartPng } from "../export/draw-chart-png.ts";
import { csvStyleOf } from "../export/write-csv.ts";
import { writeDailyCsv } from "../export/write-daily-csv.ts";
import { writeReportCsv } from "../export/write-report-csv.ts";
import { writeReportPdf } from "../export/write-report-pdf.ts";
import { sendCsv } from "../lists/send-csv.ts";
import { readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { readReportOf } from "./report.ts";

/** The report as files: `/report.pdf`, `/report.csv` (`by=day`: a row for each day) and `/report/charts/{chart}.png`. */
export function routeReportFiles(app: WebApp, context: WebContext): void {
  app.get("/report.pdf", { schema: { hide: true } }, async (request, reply) => {
    const report = await readReportOf(request, context);
    return reply
      .type("application/pdf")
      .header(
        "content-disposition",
        `inline; filename="spanledger-${periodSlug(report.material.reading.period)}-${report.locale}.pdf"`,
      )
      .send(await writeReportPdf(context.tenantOf(request), report, context));
  });
  app.get("/report.csv", { schema: { hide: true } }, async (request, reply) => {
    const byDay = readQuery(request, ["by"])["by"] === "day";
    const report = await readReportOf(request, context, { agentLimit: null, byDay });
    const style = csvStyleOf(request.headers["accept-language"]);
    const name = `${periodSlug(report.material.reading.period)}-${byDay ? "by-day" : report.locale}`;
    return sendCsv(reply, name, byDay ? writeDailyCsv(report, style) : writeReportCsv(report, context, style));
  });
  app.get<{ Params: { chart: string } }>(
    "/report/charts/:chart.png",
    { schema: { hide: true } },
    async (request, reply) => {
      const report = await readReportOf(request, context);
      const chart = chartsOf(report).find(({ id }) => id === request.params.chart);
      const picture = chart === undefined ? null : await drawChartPng(chart, report, context);
      if (picture === null) {
        throw new RequestError(
          "picture_not_found",
          `there is no such picture: ${chart?.summary ?? "no chart has this name"}`,
          null,
          404,
        );
      }
      return reply
        .type("image/png")
        .header(
          "content-disposition",
          `inline; filename="spanledger-${periodSlug(report.material.reading.period)}-${request.params.chart}.png"`,
        )
        .send(picture);
    },
  );
}
