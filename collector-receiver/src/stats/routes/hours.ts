import { Type } from "typebox";
import { errorSchema, headerProperties, nullableNumber, nullableString } from "../answer-schemas.ts";
import { hoursDocument, readWeekHours } from "../hours.ts";
import { localeIn, periodQuery } from "../query-schemas.ts";
import { readPeriod } from "../read-period.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const counts = {
  conversations: Type.Number({ description: "By the hour of their start" }),
  escalations: Type.Number({ description: "The first one of each conversation, by its own hour" }),
  takeovers: Type.Number({ description: "The first one of each conversation, by its own hour" }),
  waits_known: Type.Number({ description: "Takeovers that say how long the customer waited" }),
  avg_wait_ms: nullableNumber("Over waits_known"),
};

const hoursSchema = Type.Object(
  {
    ...headerProperties,
    counted_from: nullableString(
      "First day that is counted: not before the first event, nor before days that were sealed without hours; null if none is",
    ),
    counted_to: nullableString("Last day that is counted: at most today"),
    total: Type.Object(counts),
    hours: Type.Array(
      Type.Object({
        weekday: Type.Number({ description: "1 is Monday, 7 is Sunday" }),
        hour: Type.Number({ description: "0 to 23, local time" }),
        occurrences: Type.Number({
          description:
            "How often this hour has begun in the days that are counted: where clocks are changed it occurs twice, never, or half as long",
        }),
        ...counts,
        conversations_per_hour: nullableNumber("conversations over occurrences"),
        escalations_per_hour: nullableNumber("escalations over occurrences"),
      }),
      { description: "168, from Monday 0 o'clock on" },
    ),
  },
  { description: "What happened by weekday and hour" },
);

/** `GET /api/analytics/hours` */
export function routeHours(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/hours",
    {
      schema: {
        summary: "Conversations, escalations and waits by weekday and local hour",
        tags: ["analytics"],
        querystring: periodQuery,
        response: { 200: hoursSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const tenantId = context.tenantOf(request);
      const reading = await readPeriod(context, tenantId, request.query);
      const hours = await readWeekHours(context, tenantId, reading);
      return hoursDocument(reading, hours, localeIn(request.query, context.locale));
    },
  );
}
