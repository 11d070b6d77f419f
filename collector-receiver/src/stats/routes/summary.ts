import { Type } from "typebox";
import { changeSchema, errorSchema, headerProperties, nullableNumber } from "../answer-schemas.ts";
import { localeIn, localeParameters, monthParameter } from "../query-schemas.ts";
import { readPeriod } from "../read-period.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";
import { summaryOf } from "../summary.ts";

const summarySchema = Type.Object(
  {
    ...headerProperties,
    month: Type.String({ examples: ["2025-12"] }),
    current: Type.Record(Type.String(), nullableNumber()),
    previous: Type.Record(Type.String(), nullableNumber(), {
      description: "Of compared_with: while the month runs, only its same days",
    }),
    change: Type.Record(Type.String(), changeSchema),
  },
  { description: "Raw numbers by metric key" },
);

/** `GET /api/analytics/summary` */
export function routeSummary(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/summary",
    {
      schema: {
        summary: "Raw numbers of a month, with the month before",
        tags: ["analytics"],
        querystring: Type.Object({ month: monthParameter, ...localeParameters }, { additionalProperties: false }),
        response: { 200: summarySchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      const reading = await readPeriod(context, context.tenantOf(request), request.query);
      return summaryOf(reading, locale);
    },
  );
}
