import { Type } from "typebox";
import { errorSchema, metricValueSchema, nullableString } from "../answer-schemas.ts";
import { localeIn, localeParameters, periodParameters } from "../query-schemas.ts";
import { readQuerySuccessRates } from "../query-success-rates.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const querySuccessSchema = Type.Object({
  success: Type.Number(),
  failed: Type.Number(),
  total: Type.Number(),
  success_rate: metricValueSchema,
});

const ratesSchema = Type.Object(
  {
    from: nullableString("First business day; null where no query is recorded"),
    to: nullableString("Last business day"),
    as_of: Type.String(),
    order: querySuccessSchema,
    tracking: querySuccessSchema,
  },
  { description: "Order and tracking queries" },
);

/** `GET /api/analytics/query-success-rates` */
export function routeQuerySuccessRates(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/query-success-rates",
    {
      schema: {
        summary: "How many order and tracking queries succeeded",
        description: "Without a period, all that is recorded, with its first and last day.",
        tags: ["analytics"],
        querystring: Type.Object({ ...periodParameters, ...localeParameters }, { additionalProperties: false }),
        response: { 200: ratesSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      const tenantId = context.tenantOf(request);
      return readQuerySuccessRates(context, tenantId, request.query, locale);
    },
  );
}
