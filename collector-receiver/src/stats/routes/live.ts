import { Type } from "@fastify/type-provider-typebox";
import { errorSchema, oneOf } from "../answer-schemas.ts";
import { readLive } from "../live.ts";
import { agentDailyFields, dailyFields } from "../live-counters.ts";
import { localeIn, localeParameters } from "../query-schemas.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const hashSchema = (fields: readonly string[], description: string) =>
  Type.Unsafe<Record<string, number>>({
    type: "object",
    description,
    properties: Object.fromEntries(fields.map((field) => [field, { type: "number" }])),
    required: [...fields],
  });

const liveSchema = Type.Object(
  {
    day: Type.String({ description: "Business day" }),
    timezone: Type.String(),
    as_of: Type.String(),
    source: oneOf(["redis", "postgresql"] as const),
    fallback: Type.Boolean({
      description: "There is a Redis, but it could not answer: these are PostgreSQL's numbers",
    }),
    daily: hashSchema(dailyFields, "The fields of analytics:daily:…, sums only"),
    agent_daily: hashSchema(agentDailyFields, "The fields of analytics:agent:daily:…, sums only"),
  },
  { description: "The counters of today" },
);

/** `GET /api/analytics/live` */
export function routeLive(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/live",
    {
      schema: {
        summary: "The counters of today",
        tags: ["analytics"],
        querystring: Type.Object(localeParameters, { additionalProperties: false }),
        response: { 200: liveSchema, 400: errorSchema },
      },
    },
    async (request) => {
      // Numbers without words: the language only has to be one that exists.
      localeIn(request.query, context.locale);
      return readLive(context, context.tenantOf(request));
    },
  );
}
