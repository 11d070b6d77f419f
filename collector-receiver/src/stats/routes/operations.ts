import { Type } from "typebox";
import type { WorkingHours } from "../../metrics/working-hours.ts";
import {
  comparedMetricSchema,
  errorSchema,
  headerProperties,
  metricValueSchema,
  nullableString,
} from "../answer-schemas.ts";
import { operationsOf } from "../operations.ts";
import { agentLimitIn, agentLimitParameter, localeIn, periodQuery } from "../query-schemas.ts";
import { readOperations } from "../read-operations.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const operationsSchema = Type.Object(
  {
    ...headerProperties,
    month: nullableString("2025-12; null if the period is not a calendar month"),
    metrics: Type.Record(Type.String(), comparedMetricSchema, { description: "By metric key" }),
    agents: Type.Array(
      Type.Object({
        agent_id: Type.Number(),
        agent_name: nullableString("The latest name that a login gave"),
        metrics: Type.Record(Type.String(), metricValueSchema),
      }),
      { description: "By time logged in; with others their times add up to those of metrics" },
    ),
    others: Type.Union(
      [Type.Object({ agents: Type.Number(), metrics: Type.Record(Type.String(), metricValueSchema) }), Type.Null()],
      { description: "Agents beyond limit, added up; null if there are none" },
    ),
    judged_through: nullableString("Resolutions that ended up to here are judged for durability, ISO 8601"),
    agent_heartbeat_seconds: Type.Number({ description: "Silence after which an agent counts as logged out" }),
    working_hours: Type.Unsafe<WorkingHours | null>({
      type: ["object", "null"],
      description: "What durations in working hours are counted by; null where the tenant has none",
      additionalProperties: true,
    }),
    notes: Type.Array(
      Type.Object({ code: Type.String(), message: Type.String(), count: Type.Optional(Type.Number()) }),
      { description: "What to know before quoting a figure" },
    ),
  },
  { description: "Agent time, durable resolutions, durations, reopening and backlog" },
);

/** `GET /api/analytics/operations` */
export function routeOperations(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/operations",
    {
      schema: {
        summary: "Agent time, durable resolutions, durations in working hours, reopening and backlog of a period",
        tags: ["analytics"],
        querystring: Type.Object(
          { ...periodQuery.properties, limit: agentLimitParameter },
          { additionalProperties: false },
        ),
        response: { 200: operationsSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      const limit = agentLimitIn(request.query);
      const reading = await readOperations(context, context.tenantOf(request), request.query);
      return operationsOf(reading, locale, reading.agents.slice(0, limit));
    },
  );
}
