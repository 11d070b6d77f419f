import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type { FastifyPluginAsync } from "fastify";
import { createErrorAnswer } from "./answer-error.ts";
import { routeAgents } from "./routes/agents.ts";
import { routeAiCosts } from "./routes/ai-costs.ts";
import { routeAnnotations } from "./routes/annotations.ts";
import { routeCaseStudy } from "./routes/case-study.ts";
import { routeCustom } from "./routes/custom.ts";
import { routeDataQuality } from "./routes/data-quality.ts";
import { routeCatalogue } from "./routes/events.ts";
import { routeHours } from "./routes/hours.ts";
import { routeLive } from "./routes/live.ts";
import { routeMetrics } from "./routes/metrics.ts";
import { routeOperations } from "./routes/operations.ts";
import { routePrometheus } from "./routes/prometheus.ts";
import { routeQuerySuccessRates } from "./routes/query-success-rates.ts";
import { routeSegments } from "./routes/segments.ts";
import { routeSession } from "./routes/session.ts";
import { routeSummary } from "./routes/summary.ts";
import { routeTimeseries } from "./routes/timeseries.ts";
import type { StatsContext, StatsOptions } from "./stats-options.ts";
import { validateWhenUsed } from "./validate-when-used.ts";

export { BusinessStats } from "./business-stats.ts";
export type { BusinessStatsOptions } from "./business-stats.ts";
export type { CaseStudy } from "./case-study.ts";
export type { LiveCounters, LiveSnapshot } from "./live-counters.ts";
export type { QuerySuccessRates } from "./query-success-rates.ts";
export { RequestError } from "./request-error.ts";
export type { StatsOptions } from "./stats-options.ts";
export type { Summary } from "./summary.ts";

/**
 * The read routes under `/api/analytics/`, in a scope of their own: their validation and their answer
 * to errors touch no other route of the product that mounts them.
 */
export const statsPlugin: FastifyPluginAsync<StatsOptions> = async (instance, options) => {
  const context: StatsContext = { ...options, now: options.now ?? Date.now };
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  validateWhenUsed(instance);
  app.setErrorHandler(createErrorAnswer(options.answerPerson));
  routeCaseStudy(app, context);
  routeSummary(app, context);
  routeQuerySuccessRates(app, context);
  routeTimeseries(app, context);
  routeAnnotations(app, context);
  routeAgents(app, context);
  routeOperations(app, context);
  routeCustom(app, context);
  routeHours(app, context);
  routeSegments(app, context);
  routeLive(app, context);
  routeDataQuality(app, context);
  routeAiCosts(app, context);
  routePrometheus(app, context);
  routeSession(app, context);
  routeMetrics(app, context);
  routeCatalogue(app, context);
};
