import { Type } from "typebox";
import { commonAttributes, eventCatalogue, vocabularies } from "@spanledger/sdk/event-catalogue";
import type { AttributeDefinition, EventDefinition } from "@spanledger/sdk/event-catalogue";
import type { CustomAttribute } from "../../catalogue/custom-definitions.ts";
import { errorSchema, oneOf } from "../answer-schemas.ts";
import { readCustomDefinitions } from "../sql/read-custom-definitions.ts";
import { localeIn, localeParameters } from "../query-schemas.ts";
import type { StatsApp, StatsContext } from "../stats-options.ts";

const attributeSchema = Type.Object({
  name: Type.String(),
  type: oneOf(["string", "int", "double", "boolean"] as const),
  required: Type.Boolean(),
  unit: Type.Optional(Type.String()),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  max_length: Type.Optional(Type.Number({ description: "In Unicode code points" })),
  en: Type.String(),
  zh: Type.String(),
  values: Type.Optional(Type.Array(Type.String(), { description: "What metrics tell apart; others are kept too" })),
  words: Type.Optional(Type.Array(Type.String(), { description: "Usual values; every other is accepted and kept" })),
  example: Type.Unknown(),
});

const catalogueSchema = Type.Object(
  {
    events: Type.Array(
      Type.Object({
        name: Type.String(),
        en: Type.String(),
        zh: Type.String(),
        custom: Type.Optional(Type.Literal(true, { description: "Of spanledger.config.ts" })),
        attributes: Type.Array(attributeSchema),
      }),
    ),
    common_attributes: Type.Array(attributeSchema, {
      description: "Any business event may carry these",
    }),
  },
  { description: "The catalogue" },
);

/** `GET /api/analytics/events` */
export function routeCatalogue(app: StatsApp, context: StatsContext): void {
  app.get(
    "/api/analytics/events",
    {
      schema: {
        summary: "The catalogue: every business event with its attributes",
        tags: ["definitions"],
        querystring: Type.Object(localeParameters, { additionalProperties: false }),
        response: { 200: catalogueSchema, 400: errorSchema },
      },
    },
    async (request) => {
      const tenantId = context.tenantOf(request);
      // Both languages are in the answer: the one asked for only has to exist.
      localeIn(request.query, context.locale);
      const { definitions } = await readCustomDefinitions(context.pool, tenantId);
      return {
        events: [
          ...Object.entries<EventDefinition>(eventCatalogue).map(([name, { en, zh, attributes }]) => ({
            name,
            en,
            zh,
            attributes: describeAttributes(attributes),
          })),
          ...Object.entries(definitions.events).map(([name, { en, zh, attributes }]) => ({
            name,
            en,
            zh,
            custom: true as const,
            attributes: describeAttributes(attributes),
          })),
        ],
        common_attributes: describeAttributes(commonAttributes),
      };
    },
  );
}

function describeAttributes(attributes: Readonly<Record<string, AttributeDefinition | CustomAttribute>>) {
  return Object.entries(attributes).map(([name, definition]) => ({
    name,
    type: definition.type,
    required: definition.required === true,
    ...(definition.unit === undefined ? {} : { unit: definition.unit }),
    ...(definition.minimum === undefined ? {} : { minimum: definition.minimum }),
    ...(definition.maximum === undefined ? {} : { maximum: definition.maximum }),
    ...(definition.maxLength === undefined ? {} : { max_length: definition.maxLength }),
    ...("values" in definition ? { values: [...(definition.values ?? [])] } : {}),
    ...("vocabulary" in definition && definition.vocabulary !== undefined
      ? { words: Object.values<readonly string[]>(vocabularies[definition.vocabulary]).flat() }
      : {}),
    en: definition.en,
    zh: definition.zh,
    example: definition.example ?? null,
  }));
}
