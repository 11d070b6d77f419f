import { Type } from "typebox";
import { qualityCodeNames, qualityKinds } from "../../metrics/quality-codes.ts";
import type { QualityKind } from "../../metrics/quality-codes.ts";
import { errorSchema, headerProperties, nullableNumber, nullableString, oneOf } from "../answer-schemas.ts";
import { readDataQuality } from "../data-quality.ts";
import { localeIn, periodQuery } from "../query-schemas.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const kindSchema = oneOf(Object.keys(qualityKinds) as QualityKind[]);

const dataQualitySchema = Type.Object(
  {
    ...headerProperties,
    events: Type.Number({ description: "Events that are counted in the period" }),
    kinds: Type.Array(Type.Object({ kind: kindSchema, name: Type.String(), events: Type.Number() })),
    entries: Type.Array(
      Type.Object({
        code: oneOf(qualityCodeNames),
        kind: kindSchema,
        event: Type.String({ description: "Empty for a rejected event without a name" }),
        attribute: Type.String({ description: "Empty if the whole event is meant; other if it is not declared" }),
        detail: Type.String({
          description: "The unknown word (digits as #), or the code of the rejection; else empty",
        }),
        events: Type.Number(),
        first_day: Type.String(),
        last_day: Type.String(),
        meaning: Type.String(),
        action: Type.String(),
        examples: Type.Array(
          Type.Object({
            event_id: Type.String(),
            session_id: nullableString(),
            occurred_at: Type.String(),
            value: nullableNumber("The value that was left out, or that is contradicted, if it is a number"),
            against: nullableNumber("What contradicts it, in the unit of the attribute; null if nothing does"),
          }),
          { description: "At most three events that are still stored, of the last days" },
        ),
        rejections: Type.Array(Type.String(), {
          description: "Of rejected events, the keys of at most three rows of analytics_rejected_events, in hex",
        }),
      }),
      { description: "The most frequent first" },
    ),
    complete: Type.Boolean({ description: "False if there are more entries than are listed" }),
    evidence: Type.Object(
      {
        recorded: Type.Number({ description: "Events that the active sources numbered, over their whole life" }),
        dropped: Type.Number({ description: "Events that these sources say they dropped" }),
        missing: Type.Number({ description: "Numbers that have not arrived" }),
        unkept_rejections: Type.Number({
          description: "Rejected events that were counted alone because their tenant had had its bound of that day",
        }),
        clocks_ahead: Type.Array(
          Type.Object({
            service_name: nullableString("Null: its events name no service"),
            ahead_ms: Type.Number({ description: "By how much its last event was ahead" }),
            arrived_at: Type.String({ description: "When that arrived" }),
            waiting: Type.Number({ description: "Its events whose time has not come" }),
          }),
          { description: "Senders whose clock runs ahead now, whatever the period" },
        ),
      },
      { description: "Known beside the ledger, and not verified" },
    ),
  },
  { description: "What the numbers of a period rest on" },
);

/** `GET /api/analytics/data-quality` */
export function routeDataQuality(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/data-quality",
    {
      schema: {
        summary: "What the numbers of a period rest on: invalid values, unknown words, rejected events and the like",
        description: "Counted exactly once with the events, by day; `spanledger verify` covers it.",
        tags: ["analytics"],
        querystring: periodQuery,
        response: { 200: dataQualitySchema, 400: errorSchema },
      },
    },
    (request) => {
      const locale = localeIn(request.query, context.locale);
      return readDataQuality(context, context.tenantOf(request), request.query, locale);
    },
  );
}
