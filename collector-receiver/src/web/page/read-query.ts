import type { FastifyRequest } from "fastify";
import { locales } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { shorten } from "../../stats/report-period.ts";
import { RequestError } from "../../stats/request-error.ts";

export type PageQuery = Readonly<Record<string, string | undefined>>;

/**
 * The parameters of a page.
 * @throws RequestError where one is not known here, or given twice
 */
export function readQuery(request: FastifyRequest, known: readonly string[]): PageQuery {
  const query = request.query as Record<string, unknown>;
  for (const [name, value] of Object.entries(query)) {
    if (!known.includes(name) && name !== "lang" && name !== "locale") {
      throw new RequestError(
        "unknown_parameter",
        `query parameter "${shorten(name)}" is not known here; known are ${[...known, "lang"].join(", ")}`,
        shorten(name),
      );
    }
    if (typeof value !== "string") {
      throw new RequestError(
        "invalid_parameter",
        `query parameter "${name}" is given more than once; pass it once`,
        name,
      );
    }
  }
  return query as PageQuery;
}

/**
 * The language that a page is asked for, by `lang` or `locale`.
 * @throws RequestError where it is none that there is, or the two contradict each other
 */
export function localeOfPage(query: PageQuery, fallback: Locale): Locale {
  const { lang, locale } = query;
  if (lang !== undefined && locale !== undefined && lang !== locale) {
    throw new RequestError(
      "mixed_parameters",
      `locale = "${shorten(locale)}" and lang = "${shorten(lang)}" contradict each other; pass one of them`,
      "lang",
    );
  }
  const asked = locale ?? lang;
  if (asked === undefined) return fallback;
  const found = locales.find((one) => one === asked);
  if (found !== undefined) return found;
  throw new RequestError(
    "invalid_parameter",
    `lang = "${shorten(asked)}" is not a language of the pages; pass ${locales.join(" or ")}`,
    "lang",
  );
}
