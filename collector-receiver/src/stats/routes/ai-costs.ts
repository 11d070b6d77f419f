import { Type } from "typebox";
import { aiCostsOf } from "../ai-costs.ts";
import { errorSchema, headerProperties, nullableNumber } from "../answer-schemas.ts";
import { localeIn, periodQuery } from "../query-schemas.ts";
import { readPeriod } from "../read-period.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const count = (description: string) => Type.Number({ description });

const use = {
  ai_calls: count("Calls of models, failed ones included"),
  failed_calls: Type.Number(),
  calls_without_usage: count("Calls that did not fail, and do not say how many tokens they used"),
  calls_without_session: count("Calls that belong to no conversation"),
  sampled_calls: count("Calls of which a sampler let only some arrive"),
  ai_input_tokens: count("All input tokens, those read from and written to a cache included"),
  ai_cached_input_tokens: count("Of them, those read from a cache"),
  ai_cache_write_tokens: count("Of them, those written to a cache"),
  ai_output_tokens: Type.Number(),
  ai_spend: nullableNumber("In the currency, by the price of each day; null if nothing has a price"),
  unpriced_tokens: count("Tokens without a price: they are not in the spend"),
  at_least: Type.Boolean({ description: "True if not everything is in the spend: it is a lower bound" }),
};

const quantiles = (description: string) =>
  Type.Object({ p50_ms: nullableNumber(), p90_ms: nullableNumber() }, { description });

const aiCostsSchema = Type.Object(
  {
    ...headerProperties,
    ...use,
    call_time: quantiles("From the call to the end of the answer"),
    first_token_time: quantiles("From the call to the first token of a streamed answer"),
    spend_per_session: nullableNumber("All spend over the conversations that started in the period"),
    spend_per_ai_resolved_session: nullableNumber("All spend over the conversations that the AI resolved"),
    estimated_cost_saved: nullableNumber(
      "As in the case study: an estimate, by the day on which conversations started",
    ),
    net_saved: nullableNumber("What is left of it after the spend, which goes by the day of the call"),
    return_on_spend: nullableNumber("What was saved for each unit that was spent"),
    models: Type.Array(
      Type.Object({ provider: Type.String(), model: Type.String(), service_tier: Type.String(), ...use }),
      { description: "The most used first; names are in lower case, a fine-tuned model is its base" },
    ),
    complete: Type.Boolean({ description: "False if there are more models than are listed" }),
  },
  { description: "What the calls of models used and cost" },
);

/** `GET /api/analytics/ai-costs` */
export function routeAiCosts(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/ai-costs",
    {
      schema: {
        summary: "Calls of models, their tokens and spend, and what is left of the savings",
        description: "Spend is derived from the stored prices when it is asked for; `spanledger prices` sets them.",
        tags: ["analytics"],
        querystring: periodQuery,
        response: { 200: aiCostsSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      return aiCostsOf(await readPeriod(context, context.tenantOf(request), request.query), locale);
    },
  );
}
