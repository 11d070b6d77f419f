import type { FastifyRequest } from "fastify";
import { locales } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";

export type PageQuery = Readonly<Record<string, string | undefined>>;

/**
 * The parameters of a page, of one that is repeated the first. Whatever else stands in the address is ignored: chat apps and
 * newsletters append parameters of their own, and the reader cannot help it. The API refuses them, since there they are slips.
 */
export function readQuery(request: FastifyRequest, known: readonly string[]): PageQuery {
  const query = request.query as Record<string, unknown>;
  return Object.fromEntries(
    [...known, "lang", "locale"].flatMap((name) => {
      const given = query[name];
      const value: unknown = Array.isArray(given) ? given[0] : given;
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

/** The language that a page is asked for by `lang` or `locale`; `fallback` if that is not one of ours. */
export function localeOfPage({ lang, locale }: PageQuery, fallback: Locale): Locale {
  return locales.find((one) => one === lang) ?? locales.find((one) => one === locale) ?? fallback;
}
