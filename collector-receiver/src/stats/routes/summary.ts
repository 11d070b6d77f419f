import { Type } from "typebox";
import {
  changeSchema,
  errorSchema,
  headerProperties,
  nullableNumber,
  nullableString,
  restatementsSchema,
} from "../answer-schemas.ts";
import { localeIn, periodQuery } from "../query-schemas.ts";
import { readPeriod } from "../read-period.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";
import { summaryOf } from "../summary.ts";

const summarySchema = Type.Object(
  {
    ...headerProperties,
    month: nullableString("2025-12; null if the period is no calendar month"),
    current: Type.Record(Type.String(), nullableNumber()),
    compared: Type.Record(Type.String(), nullableNumber(), {
      description: "Over the days of the period that are compared",
    }),
    previous: Type.Record(Type.String(), nullableNumber(), {
      description: "Over the days of the other period that stand against them",
    }),
    change: Type.Record(Type.String(), changeSchema),
    restatements: restatementsSchema,
  },
  { description: "Raw numbers by metric key" },
);

/** `GET /api/analytics/summary` */
export function routeSummary(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/summary",
    {
      schema: {
        summary: "Raw numbers of a period, with those of the one before",
        tags: ["analytics"],
        querystring: periodQuery,
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
