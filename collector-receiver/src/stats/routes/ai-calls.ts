import { Type } from "typebox";
import { errorSchema, headerProperties, nullableNumber, nullableString, oneOf } from "../answer-schemas.ts";
import { callListDocument, readCallsOf, unsaid } from "../call-list.ts";
import { callListNames } from "../lists/call-lists.ts";
import type { CallList } from "../lists/call-lists.ts";
import { limitIn, localeIn, localeParameters, periodParameters } from "../query-schemas.ts";
import { callSorts } from "../sql/read-call-list.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const word = (description: string) => Type.Optional(Type.String({ description, maxLength: 128 }));

const callSchema = Type.Object({
  event_id: Type.String(),
  occurred_at: Type.String(),
  provider: Type.String({ description: "In lower case; empty if the call does not say it" }),
  model: Type.String({ description: "In lower case; a fine-tuned model is its base" }),
  service_tier: Type.String(),
  uncached_tokens: Type.Number({ description: "Input that is neither read from nor written to a cache" }),
  cache_read_tokens: Type.Number(),
  cache_write_tokens: Type.Number(),
  output_tokens: Type.Number(),
  duration_ms: nullableNumber(),
  first_token_ms: nullableNumber(),
  failed: Type.Boolean(),
  without_usage: Type.Boolean({ description: "It did not fail, and does not tell what it used" }),
  cost: nullableNumber("In the currency, by the prices of its day; null if nothing of it has a price"),
  unpriced_tokens: Type.Number({ description: "Tokens without a price: they are not in the cost" }),
  session_id: nullableString(),
  trace_id: nullableString(),
});

const callListSchema = Type.Object(
  {
    ...headerProperties,
    of: oneOf(callListNames),
    total: nullableNumber("As many calls as the figure counts, without a filter; null if no figure counts them"),
    calls: Type.Array(callSchema),
    previous: nullableString("Pass it as before for the page before"),
    next: nullableString("Pass it as after for the next page"),
  },
  { description: "The calls of models behind a figure" },
);

/** Of a page. */
const defaultCalls = 100;
const maxCalls = 1_000;

/** `GET /api/analytics/ai-calls` */
export function routeAiCalls(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/ai-calls",
    {
      schema: {
        summary: "The calls of models behind a figure, each with what it cost",
        description:
          "The costs of all calls of a period add up to its `ai_spend`. Prompts and answers are never stored.",
        tags: ["analytics"],
        querystring: Type.Object(
          {
            ...periodParameters,
            of: Type.Optional(
              Type.Unsafe<CallList>({ type: "string", enum: [...callListNames], description: "Default ai_calls" }),
            ),
            model: word("Only calls of this model, as prices compare it"),
            provider: word(`The same for the provider; ${unsaid}: calls that do not say it`),
            service_tier: word("The same for the service tier"),
            session_id: word("Only calls of this conversation"),
            sort: Type.Optional(
              Type.String({
                description: `${callSorts.join(", ")}; - before it sorts downwards. More than 100,000 calls have the order of their time`,
                examples: ["-cost"],
              }),
            ),
            after: Type.Optional(Type.String({ description: "next of the page before" })),
            before: Type.Optional(Type.String({ description: "previous of the page after" })),
            limit: Type.Optional(
              Type.String({
                description: `Calls of a page, 1 to ${maxCalls} (default ${defaultCalls})`,
                examples: ["100"],
              }),
            ),
            ...localeParameters,
          },
          { additionalProperties: false },
        ),
        response: { 200: callListSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const locale = localeIn(request.query, context.locale);
      const { of = "ai_calls", limit: asked, locale: _, lang: __, ...query } = request.query;
      const limit = limitIn({ ...(asked === undefined ? {} : { limit: asked }) }, defaultCalls, maxCalls);
      const wanted = { list: of, words: query, limit };
      return callListDocument(await readCallsOf(context, context.tenantOf(request), query, wanted), locale);
    },
  );
}
