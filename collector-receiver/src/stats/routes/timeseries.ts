import { Type } from "typebox";
import { errorSchema, goalSchema, nullableString, oneOf, seriesPointSchema, unitSchema } from "../answer-schemas.ts";
import { localeIn, localeParameters, segmentParameters } from "../query-schemas.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";
import { RequestError } from "../request-error.ts";
import { maxPoints, readTimeseries } from "../timeseries.ts";

const shortSteps = ["day", "week", "month"] as const;
const seriesSteps = [...shortSteps, "quarter", "year"] as const;

const seriesSchema = Type.Object(
  {
    metric: Type.String(),
    name: Type.String(),
    unit: unitSchema,
    period: oneOf(seriesSteps),
    from: Type.String(),
    to: Type.String(),
    timezone: Type.String(),
    currency: Type.String(),
    as_of: Type.String(),
    rules_since: nullableString(
      "First business day counted by the present rules; earlier ones were sealed by older rules",
    ),
    goals: Type.Array(goalSchema, { description: "Goals of the metric, by day; none of a group" }),
    points: Type.Array(seriesPointSchema),
  },
  { description: "A point for every period, empty ones included" },
);

/** `GET /api/analytics/timeseries` */
export function routeTimeseries(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/timeseries",
    {
      schema: {
        summary: "A metric over time",
        description: `Empty periods are 0 for counts and null for rates; periods that have not begun are null. At most ${maxPoints} points. Without from and to, the current month.`,
        tags: ["analytics"],
        querystring: Type.Object(
          {
            metric: Type.String({
              description: "A key of GET /api/analytics/metrics",
              examples: ["total_sessions"],
            }),
            group: Type.Optional(
              Type.String({ description: "A group of a metric of spanledger.config.ts; all together without it" }),
            ),
            from: Type.Optional(Type.String({ description: "A business day or month", examples: ["2025-12-01"] })),
            to: Type.Optional(Type.String({ description: "A business day or month, included" })),
            by: Type.Optional(oneOf(seriesSteps, "How long a point is; default: day")),
            period: Type.Optional(oneOf(shortSteps, "The same as by, for day, week and month")),
            ...segmentParameters,
            ...localeParameters,
          },
          { additionalProperties: false },
        ),
        response: { 200: seriesSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const { metric, group, from, to, by, period, channel, product, segment } = request.query;
      if (by !== undefined && period !== undefined && by !== period) {
        throw new RequestError(
          "mixed_parameters",
          `by = "${by}" and period = "${period}" contradict each other; pass by`,
          "by",
        );
      }
      const locale = localeIn(request.query, context.locale);
      const tenantId = context.tenantOf(request);
      const of = { metric, group, from, to, by: by ?? period ?? "day", channel, product, segment };
      return readTimeseries(context, tenantId, of, locale);
    },
  );
}
