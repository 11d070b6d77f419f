import { Type } from "typebox";
import {
  changeSchema,
  errorSchema,
  headerProperties,
  nullableNumber,
  nullableString,
  oneOf,
  restatementsSchema,
} from "../answer-schemas.ts";
import { outcomeKeys } from "../outcome-tree.ts";
import type { OutcomeKey } from "../outcome-tree.ts";
import { filteredPeriodQuery, localeIn } from "../query-schemas.ts";
import { readPeriod } from "../read-period.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";
import { summaryOf } from "../summary.ts";

const nullableOutcome = Type.Unsafe<OutcomeKey | null>({
  type: ["string", "null"],
  enum: [...outcomeKeys, null],
  description: "The class that it is a part of; null for all conversations",
});

const summarySchema = Type.Object(
  {
    ...headerProperties,
    month: nullableString("2025-12; null if the period is not a calendar month"),
    current: Type.Record(Type.String(), nullableNumber()),
    compared: Type.Record(Type.String(), nullableNumber(), {
      description: "Over the days of the period that are compared",
    }),
    previous: Type.Record(Type.String(), nullableNumber(), {
      description: "Over the days of the other period that stand against them",
    }),
    change: Type.Record(Type.String(), changeSchema),
    outcomes: Type.Array(
      Type.Object({
        key: oneOf(outcomeKeys, "A metric, or a sum of metrics"),
        parent: nullableOutcome,
        sessions: Type.Number(),
      }),
      { description: "What became of the conversations, from all of them down: the parts of each class add up to it" },
    ),
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
        querystring: filteredPeriodQuery,
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
