import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { errorSchema, nullableNumber, nullableString, oneOf } from "../answer-schemas.ts";
import { readLive } from "../live.ts";
import { agentDailyFields, dailyFields } from "../live-counters.ts";
import { localeIn, localeParameters } from "../query-schemas.ts";
import { LiveStreams } from "../live-streams.ts";
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
    ai: Type.Union(
      [
        Type.Object({
          ai_calls: Type.Integer(),
          ai_spend: nullableNumber("By the prices of today; null if nothing has a price"),
          currency: Type.String(),
          at_least: Type.Boolean(),
        }),
        Type.Null(),
      ],
      { description: "Calls of models today; null if there are none" },
    ),
    situation: Type.Object(
      {
        waiting: Type.Integer({
          description:
            "Conversations that asked for a human, were not taken over, have not ended, and were active within 30 minutes",
        }),
        waiting_since: nullableString("When the one who waits longest asked"),
        agents_online: nullableNumber("Logged in and not away; null: the workbench has never reported"),
        agents_free: nullableNumber("Of these, who neither holds a conversation nor is busy"),
        ticket_backlog: nullableNumber("Open tickets"),
      },
      { description: "How things stand at this moment" },
    ),
    usual: Type.Union(
      [
        Type.Object({
          days: Type.Integer({ description: "Of how many days it is the average" }),
          total_sessions: Type.Number(),
          escalated_sessions: Type.Number(),
        }),
        Type.Null(),
      ],
      {
        description:
          "What the same weekday of the last four weeks had come to by this time of day; null: none is known",
      },
    ),
  },
  { description: "The counters of today" },
);

const route = "/api/analytics/live";

/** True if the request asks for a stream, which stays open. */
export function isLiveStream({ routeOptions, query }: FastifyRequest): boolean {
  return routeOptions.url === route && (query as { readonly stream?: unknown }).stream === "1";
}

/** `GET /api/analytics/live`, and as server-sent events with `stream=1` */
export function routeLive(app: StatsApp, context: StatsContext): void {
  const streams = new LiveStreams(context);
  // Else the server waits for streams that nobody ends.
  app.addHook("preClose", async () => streams.close());
  app.get(
    route,
    {
      schema: {
        summary: "The counters of today",
        tags: ["analytics"],
        querystring: Type.Object(
          {
            ...localeParameters,
            stream: Type.Optional(
              oneOf(
                ["0", "1"] as const,
                "1: server-sent events, `live` with this document now and within a second of each change",
              ),
            ),
          },
          { additionalProperties: false },
        ),
        produces: ["application/json", "text/event-stream"],
        response: { 200: liveSchema, 400: errorSchema, 429: errorSchema, 503: errorSchema },
      },
    },
    async (request, reply) => {
      // Numbers without words: the language only has to be one that exists.
      localeIn(request.query, context.locale);
      const tenantId = context.tenantOf(request);
      if (request.query.stream !== "1") return readLive(context, tenantId);
      return (
        reply
          .header("content-type", "text/event-stream; charset=utf-8")
          .header("cache-control", "no-store")
          .header("x-accel-buffering", "no")
          // Nothing else comes on this connection, and a server that closes must not wait for it.
          .header("connection", "close")
          .send(streams.open(tenantId) as never)
      );
    },
  );
}
