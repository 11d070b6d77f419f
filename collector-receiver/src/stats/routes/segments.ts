import { Type } from "typebox";
import { errorSchema, headerProperties, metricValueSchema, nullableNumber } from "../answer-schemas.ts";
import { localeIn, localeParameters, periodParameters } from "../query-schemas.ts";
import { readSegmentsDocument } from "../segments.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const segmentsSchema = Type.Object(
  {
    ...headerProperties,
    dimensions: Type.Array(
      Type.Object({
        dimension: Type.String({ examples: ["channel"] }),
        name: Type.String({ examples: ["Channel"] }),
        segments: Type.Array(
          Type.Object({
            value: Type.String({ examples: ["web"] }),
            metrics: Type.Record(Type.String(), metricValueSchema),
          }),
          { description: "Those with the most conversations first; values that nobody declares are other" },
        ),
        not_recorded: nullableNumber("Conversations of which no value is recorded"),
      }),
    ),
  },
  { description: "Figures of conversations by channel, product and what spanledger.config declares" },
);

/** `GET /api/analytics/segments` */
export function routeSegments(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/segments",
    {
      schema: {
        summary: "Conversations of a period by channel, product and declared dimension",
        description:
          "Each dimension by itself. A value filters the case study, the summary and a series as channel=, product= or segment=dimension:value.",
        tags: ["analytics"],
        querystring: Type.Object({ ...periodParameters, ...localeParameters }, { additionalProperties: false }),
        response: { 200: segmentsSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      return readSegmentsDocument(context, context.tenantOf(request), request.query, locale);
    },
  );
}
