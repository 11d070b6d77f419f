import { definedMetrics } from "../../metrics/metric-dictionary.ts";
import type { ReportContext } from "../report/report-context.ts";
import { chartAgents } from "./chart-agents.ts";
import { chartsOfHours } from "./chart-hours.ts";
import { chartModels } from "./chart-models.ts";
import { chartQueries } from "./chart-queries.ts";
import { chartReasons } from "./chart-reasons.ts";
import { chartResponses } from "./chart-responses.ts";
import { chartSessions } from "./chart-sessions.ts";
import { chartTickets } from "./chart-tickets.ts";
import type { ReportChart } from "./report-chart.ts";

/** Every chart of a report, in its order. */
export function chartsOf(context: ReportContext): ReportChart[] {
  const nameOf = (key: string): string =>
    definedMetrics.find((metric) => metric.key === key)?.name[context.locale === "zh-CN" ? "zh" : "en"] ?? key;
  // The others rest on what is not kept by segment.
  if (context.material.reading.segment !== null) return [chartSessions(context)];
  const models = chartModels(context);
  return [
    chartSessions(context),
    ...chartsOfHours(context),
    chartResponses(context),
    chartQueries(context),
    ...(models === null ? [] : [models]),
    chartTickets(context),
    chartReasons(context),
    chartAgents(context, nameOf),
  ];
}
