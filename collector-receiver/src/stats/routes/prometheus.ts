import { Registry } from "prom-client";
import { Type } from "typebox";
import { errorSchema } from "../answer-schemas.ts";
import { localeIn, localeParameters } from "../query-schemas.ts";
import { scrapeTenant } from "../scrape-tenant.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

/** `GET /api/analytics/prometheus` */
export function routePrometheus(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/prometheus",
    {
      schema: {
        summary: "The tenant's business metrics as OpenMetrics gauges",
        description:
          "One gauge a metric, `spanledger_business_…`, with the labels `tenant` and `period`: today, yesterday, week, month, last_month. " +
          "Your own metrics are `spanledger_own_…`, with the label `group`. What is not known has no sample.",
        tags: ["analytics"],
        querystring: Type.Object(localeParameters),
        response: {
          200: {
            description: "OpenMetrics 1.0 text",
            content: { "application/openmetrics-text": { schema: Type.String() } },
          },
          400: errorSchema,
        },
      },
    },
    async (request, reply) => {
      const text = await scrapeTenant(context, context.tenantOf(request), localeIn(request.query, context.locale));
      return reply.header("content-type", Registry.OPENMETRICS_CONTENT_TYPE).send(text);
    },
  );
}
