import { Type } from "typebox";
import {
  comparedMetricSchema,
  errorSchema,
  headerProperties,
  nullableNumber,
  restatementsSchema,
} from "../answer-schemas.ts";
import { caseStudyOf } from "../case-study.ts";
import { filteredPeriodQuery, localeIn } from "../query-schemas.ts";
import { readPeriod } from "../read-period.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const chatbotFiguresSchema = Type.Object({
  total_customers_served: nullableNumber("total_sessions; null: the product has never reported"),
  ai_resolution_rate: Type.String({ examples: ["85.3%"] }),
  avg_response_time: Type.String({ examples: ["1.5秒"] }),
  cost_saved: Type.String({ description: "An estimate", examples: ["¥46,230"] }),
  order_query_success_rate: Type.String(),
  tracking_query_success_rate: Type.String(),
  ai_calls: Type.Optional(nullableNumber("Calls of models; this and what follows only if there are some")),
  ai_input_tokens: Type.Optional(nullableNumber("All input tokens")),
  ai_cached_input_tokens: Type.Optional(nullableNumber("Of them, those read from a cache")),
  ai_output_tokens: Type.Optional(nullableNumber()),
  ai_spend: Type.Optional(Type.String({ examples: ["¥12.30"] })),
  net_saved: Type.Optional(Type.String({ description: "cost_saved less ai_spend, an estimate" })),
});

const caseStudySchema = Type.Object(
  {
    ...headerProperties,
    highlights: chatbotFiguresSchema,
    ai_chatbot: chatbotFiguresSchema,
    agent_workbench: Type.Object({
      sessions_handled: nullableNumber(),
      avg_first_response: Type.String({ description: "Wait until takeover", examples: ["30秒"] }),
      avg_handle_time: Type.String({ examples: ["8分钟"] }),
      tickets_resolved: nullableNumber(),
      avg_resolution_time: Type.String({ examples: ["4小时"] }),
      sla_met_rate: Type.String(),
    }),
    story: Type.String({ description: "Everything worth quoting" }),
    summary: Type.String({ description: "The same in three sentences, as the report shows it" }),
    notes: Type.Array(
      Type.Object({
        code: Type.String(),
        message: Type.String(),
        count: Type.Optional(Type.Number()),
      }),
      { description: "What a reader has to know before quoting a figure" },
    ),
    restatements: restatementsSchema,
    metrics: Type.Record(Type.String(), comparedMetricSchema),
  },
  { description: "The case study" },
);

/** `GET /api/analytics/case-study`: the plan's steps 10 and 15. */
export function routeCaseStudy(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/case-study",
    {
      schema: {
        summary: "Case study of a month or of a range of days",
        description: "Without parameters, the current month. Counts are numbers, the rest text.",
        tags: ["analytics"],
        querystring: filteredPeriodQuery,
        response: { 200: caseStudySchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      const reading = await readPeriod(context, context.tenantOf(request), request.query);
      return caseStudyOf(reading, locale);
    },
  );
}
