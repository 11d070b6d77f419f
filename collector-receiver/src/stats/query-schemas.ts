import { Type } from "typebox";
import type { Locale } from "../metrics/format-metric.ts";
import { locales } from "../metrics/format-metric.ts";
import { defaultAgentLimit } from "./agents.ts";
import { comparisonModes } from "./compare-periods.ts";
import { shorten } from "./report-period.ts";
import { RequestError } from "./request-error.ts";

/** The format is checked by `report-period.ts`, which names the value; this documents it. */
export const monthParameter = Type.Optional(
  Type.String({ description: "A business month, YYYY-MM", examples: ["2025-12"] }),
);

const maxAgentLimit = 1000;

/** How many agents a list has one by one; checked by `agentLimitIn`, this documents it. */
export const agentLimitParameter = Type.Optional(
  Type.String({
    description: `Agents that are listed one by one, 1 to ${maxAgentLimit} (default ${defaultAgentLimit}); the rest is in others`,
    examples: ["200"],
  }),
);

/** @throws RequestError if `limit` is not a whole number in its range */
export function agentLimitIn(query: { readonly limit?: string }): number {
  return limitIn(query, defaultAgentLimit, maxAgentLimit);
}

/**
 * A number that TypeBox does not read: it takes `true` for 1.
 * @throws RequestError if `limit` is not a whole number from 1 to `max`
 */
export function limitIn({ limit }: { readonly limit?: string }, otherwise: number, max: number): number {
  if (limit === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(limit) ? Number(limit) : 0;
  if (number >= 1 && number <= max) return number;
  const message = `limit = "${shorten(limit)}" is not a whole number from 1 to ${max}`;
  throw new RequestError("invalid_parameter", message, "limit");
}

const startDateParameter = Type.Optional(
  Type.String({
    description: "First business day, YYYY-MM-DD; with end_date, instead of month",
    examples: ["2025-12-01"],
  }),
);

const endDateParameter = Type.Optional(
  Type.String({ description: "Last business day, included", examples: ["2025-12-25"] }),
);

const localeOf = (description: string) =>
  Type.Optional(Type.Unsafe<Locale>({ type: "string", enum: [...locales], description }));

/** `locale` and `lang` mean the same everywhere. */
export const localeParameters = {
  locale: localeOf("Language and number format; default: the receiver's"),
  lang: localeOf("The same as locale"),
};

/** What names a period, each way alone. */
export const periodParameters = {
  month: monthParameter,
  period: Type.Optional(
    Type.String({
      description: "A business day, ISO week, month, quarter or year, instead of month",
      examples: ["2025-12-25", "2025-W52", "2025-12", "2025-Q4", "2025"],
    }),
  ),
  start_date: startDateParameter,
  end_date: endDateParameter,
  from: Type.Optional(Type.String({ description: "The same as start_date; with to" })),
  to: Type.Optional(Type.String({ description: "The same as end_date" })),
};

const compareParameter = Type.Optional(
  Type.String({
    description: `What the period is compared with: ${comparisonModes.join(", ")}; default previous`,
    examples: ["year"],
  }),
);

/** What filters figures of conversations, each alone. */
export const segmentParameters = {
  channel: Type.Optional(
    Type.String({
      description: "Only conversations of this channel. Figures that are not kept by channel are null",
      examples: ["web"],
    }),
  ),
  product: Type.Optional(Type.String({ description: "The same for service.name of the first session.start" })),
  segment: Type.Optional(
    Type.String({
      description: "The same for a dimension that spanledger.config declares: dimension:value",
      examples: ["plan:pro"],
    }),
  ),
};

/** As `periodQuery`, of a document that can be filtered. */
export const filteredPeriodQuery = Type.Object(
  { ...periodParameters, compare: compareParameter, ...segmentParameters, ...localeParameters },
  { additionalProperties: false },
);

/** The query of a document of a period. */
export const periodQuery = Type.Object(
  { ...periodParameters, compare: compareParameter, ...localeParameters },
  { additionalProperties: false },
);

/** @throws RequestError if `lang` and `locale` name different languages */
export function localeIn(query: { readonly locale?: Locale; readonly lang?: Locale }, fallback: Locale): Locale {
  if (query.locale !== undefined && query.lang !== undefined && query.locale !== query.lang) {
    throw new RequestError(
      "mixed_parameters",
      `locale = "${query.locale}" and lang = "${query.lang}" contradict each other; pass one of them`,
      "lang",
    );
  }
  return query.locale ?? query.lang ?? fallback;
}
