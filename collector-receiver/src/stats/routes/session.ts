import { Type } from "typebox";
import { errorSchema, nullableNumber, nullableString, oneOf } from "../answer-schemas.ts";
import { outcomes } from "../../metrics/session-outcome.ts";
import { readSessionDocument } from "../session-document.ts";
import { limitIn, localeIn, localeParameters } from "../query-schemas.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const sessionSchema = Type.Object(
  {
    session_id: Type.String(),
    state: oneOf(["open", "ended", "ended_idle"] as const),
    outcome: Type.Union([oneOf(outcomes), Type.Null()]),
    ai_resolved: Type.Boolean(),
    start_day: nullableString("The business day in whose periods the session counts"),
    channel: nullableString(),
    user_id: nullableString("Pseudonymous"),
    started_at: nullableString(),
    last_activity_at: Type.String(),
    ended_at: nullableString(),
    escalated_at: nullableString(),
    taken_over_at: nullableString(),
    ai_cost: Type.Union(
      [
        Type.Object({
          calls: Type.Integer(),
          spend: nullableNumber("By the price of each day; null if nothing has a price"),
          currency: Type.String(),
          at_least: Type.Boolean({ description: "Not everything that was used is in the spend" }),
        }),
        Type.Null(),
      ],
      { description: "What its calls of models cost; null if there are none" },
    ),
    events: Type.Array(
      Type.Object({
        event_id: Type.String(),
        event_name: Type.String(),
        occurred_at: Type.String(),
        agent_id: nullableNumber(),
        ticket_id: nullableNumber(),
        trace_id: nullableString("Its trace, if that was sampled"),
        span_id: nullableString(),
        service_name: nullableString(),
        attributes: Type.Record(Type.String(), Type.Unknown()),
        withheld: Type.Array(Type.String(), {
          description: "Attributes outside the catalogue that hold text: only their names",
        }),
      }),
    ),
    next: nullableString("Pass it as after for the next page"),
  },
  { description: "A session and its events in order" },
);

/** Of a page. */
const defaultEvents = 100;
const maxEvents = 500;

/** `GET /api/analytics/sessions/:session_id` */
export function routeSession(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/sessions/:session_id",
    {
      schema: {
        summary: "The events behind a number, with trace ids",
        description: "Never message texts.",
        tags: ["analytics"],
        params: Type.Object({
          session_id: Type.String({ minLength: 1, maxLength: 128, pattern: "^[^\\u0000]+$" }),
        }),
        querystring: Type.Object(
          {
            limit: Type.Optional(
              Type.String({
                description: `Events of a page, 1 to ${maxEvents} (default ${defaultEvents})`,
                examples: ["100"],
              }),
            ),
            after: Type.Optional(Type.String({ description: "next of the page before" })),
            ...localeParameters,
          },
          { additionalProperties: false },
        ),
        response: { 200: sessionSchema, 400: errorSchema, 404: errorSchema },
      },
    },
    async (request) => {
      localeIn(request.query, context.locale);
      const { after } = request.query;
      const limit = limitIn(request.query, defaultEvents, maxEvents);
      const tenantId = context.tenantOf(request);
      return readSessionDocument(context, tenantId, request.params.session_id, { after, limit });
    },
  );
}
