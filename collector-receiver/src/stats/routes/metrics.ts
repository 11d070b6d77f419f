import { Type } from "typebox";
import { errorSchema, nullableString, oneOf, unitSchema } from "../answer-schemas.ts";
import { describeCustomMetrics } from "../describe-custom.ts";
import { describeDictionary } from "../describe-dictionary.ts";
import { localeIn, localeParameters } from "../query-schemas.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const termsSchema = Type.Object({
  add: Type.Array(Type.String()),
  subtract: Type.Array(Type.String()),
});

const dictionarySchema = Type.Object(
  {
    metrics: Type.Array(
      Type.Object({
        key: Type.String(),
        group: oneOf(
          ["ai_chatbot", "ai_calls", "agent_workbench", "tickets", "custom"] as const,
          "custom: of spanledger.config.ts",
        ),
        kind: oneOf(["sum", "ratio", "quantile"] as const),
        unit: unitSchema,
        name: Type.String(),
        meaning: Type.String(),
        formula: Type.String({ examples: ["ai_resolved_sessions / total_sessions × 100"] }),
        numerator: Type.Optional(termsSchema),
        denominator: Type.Optional(termsSchema),
        factor: Type.Optional(Type.Number()),
        histogram: Type.Optional(Type.String()),
        quantile: Type.Optional(Type.Number()),
        cohort: oneOf(["session_start", "event_time", "agent_time", "ticket_close", "period_end"] as const),
        period_rule: Type.String(),
        edge_cases: nullableString(),
        peers: Type.Optional(nullableString("What comparable products count")),
        peers_source: Type.Optional(nullableString("Where they say so")),
        estimate: Type.Boolean(),
        definition_version: Type.Number(),
        since: Type.String({
          description: "First release with this definition; of custom ones, its first business day",
        }),
        group_by: Type.Optional(Type.String({ description: "The attribute whose values tell groups apart" })),
        groups: Type.Optional(Type.Array(Type.String())),
        backfilled: Type.Optional(Type.Boolean({ description: "False: what came before `since` is not counted" })),
      }),
    ),
  },
  { description: "The dictionary" },
);

/** `GET /api/analytics/metrics` */
export function routeMetrics(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/metrics",
    {
      schema: {
        summary: "The dictionary: what each metric is and how it is computed",
        tags: ["definitions"],
        querystring: Type.Object(localeParameters, { additionalProperties: false }),
        response: { 200: dictionarySchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      const custom = await describeCustomMetrics(context, context.tenantOf(request), locale);
      return { metrics: [...describeDictionary(locale), ...custom] };
    },
  );
}
