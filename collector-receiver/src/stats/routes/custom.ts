import { Type } from "typebox";
import { comparedMetricSchema, errorSchema, headerProperties, nullableString, oneOf } from "../answer-schemas.ts";
import { readCustomDocument } from "../custom-metrics.ts";
import { localeIn, periodQuery } from "../query-schemas.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const customSchema = Type.Object(
  {
    ...headerProperties,
    month: nullableString("2025-12; null if the period is not a calendar month"),
    metrics: Type.Array(
      Type.Object({
        key: Type.String(),
        kind: oneOf(["count", "sum", "sessions", "duration", "ratio"] as const),
        name: Type.String(),
        meaning: nullableString(),
        formula: Type.String({ examples: ["count(booking.confirmed where channel = web)"] }),
        ...comparedMetricSchema.properties,
        group_by: nullableString("The attribute whose values tell the groups apart"),
        groups: Type.Array(Type.Object({ group: Type.String(), ...comparedMetricSchema.properties }), {
          description: "In the order of the definition, `other` last",
        }),
        counted_since: nullableString(
          "Where what came before is not counted yet: since when it is, ISO 8601. `spanledger rebuild` counts the rest",
        ),
      }),
    ),
  },
  { description: "The metrics of spanledger.config.ts" },
);

/** `GET /api/analytics/custom` */
export function routeCustom(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/custom",
    {
      schema: {
        summary: "The metrics of spanledger.config.ts over a period, with their groups and the period before",
        tags: ["analytics"],
        querystring: periodQuery,
        response: { 200: customSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      return readCustomDocument(context, context.tenantOf(request), request.query, locale);
    },
  );
}
