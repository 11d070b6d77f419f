import { Type } from "typebox";
import { readAgentsDocument } from "../agents.ts";
import { errorSchema, metricValueSchema, nullableNumber, nullableString } from "../answer-schemas.ts";
import { agentLimitIn, agentLimitParameter, localeIn, localeParameters, periodParameters } from "../query-schemas.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const agentMetricsSchema = Type.Record(Type.String(), metricValueSchema);

const agentsSchema = Type.Object(
  {
    period: Type.String(),
    month: nullableString("Null if the period is not a calendar month"),
    start_date: Type.String(),
    end_date: Type.String(),
    timezone: Type.String(),
    as_of: Type.String(),
    agents: Type.Array(
      Type.Object({
        agent_id: nullableNumber("Null: what no agent was named for"),
        agent_name: nullableString("The latest name that a login gave"),
        metrics: agentMetricsSchema,
      }),
      { description: "By sessions handled; with the row without an agent and others they add up to total" },
    ),
    others: Type.Union([Type.Object({ agents: Type.Number(), metrics: agentMetricsSchema }), Type.Null()], {
      description: "Agents beyond limit, added up; null if there are none",
    }),
    total: agentMetricsSchema,
  },
  { description: "Workbench and ticket figures by agent" },
);

/** `GET /api/analytics/agents` */
export function routeAgents(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/agents",
    {
      schema: {
        summary: "The figures of a period by agent",
        tags: ["analytics"],
        querystring: Type.Object(
          { ...periodParameters, limit: agentLimitParameter, ...localeParameters },
          { additionalProperties: false },
        ),
        response: { 200: agentsSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      const tenantId = context.tenantOf(request);
      return readAgentsDocument(context, tenantId, request.query, locale, { limit: agentLimitIn(request.query) });
    },
  );
}
