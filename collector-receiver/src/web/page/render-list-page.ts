import type { PeriodAddress } from "../../stats/name-period.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { listTexts } from "../lists/list-texts.ts";
import { textsOf } from "../report/choose-texts.ts";
import { html, type Fragment, type Html } from "./html.ts";
import type { PageFrame } from "./page-frame.ts";
import { linkTo, otherLocale } from "./page-links.ts";
import { renderPage } from "./page-shell.ts";
import { renderTable } from "./render-table.ts";
import { renderCrumbs, siteNavigation } from "./site-navigation.ts";

/** A page with what is behind a figure of a month, beside the lists behind other figures. */
export interface ListPage {
  readonly frame: PageFrame;
  readonly locale: Locale;
  /** Where it is: `/report/sessions`. */
  readonly path: string;
  readonly at: PeriodAddress;
  /** The period for people. */
  readonly period: string;
  readonly title: string;
  /** All lists of this page by name, with what people call them; empty: there is only this one. */
  readonly lists: Readonly<Record<string, string>>;
  /** The name of the one that is shown. */
  readonly list: string | null;
  /** What else the address says: filter and order. */
  readonly chosen: Readonly<Record<string, string | null>>;
  readonly words: { readonly path: string; readonly lists: string; readonly none: string };
  /** How many there are, and in which timezone. */
  readonly meta: Fragment;
  /** Above the table: filter and order. */
  readonly filter: Fragment;
  readonly head: Fragment;
  readonly rows: readonly Html[];
  /** Below the rows, in the table. */
  readonly foot?: Fragment;
  readonly csv: string;
  /** The position that the address names; null: the beginning. */
  readonly here: Readonly<Record<"after" | "before", string | null>>;
  /** Positions of the parts before and after this one; null: there is none. */
  readonly previous: string | null;
  readonly next: string | null;
}

export function renderListPage(page: ListPage): string {
  const { locale, path, at, title, lists, list, words, rows, chosen, previous, next } = page;
  const texts = textsOf(locale);
  const own = listTexts[locale];
  const here = { ...at, of: list, ...chosen };
  const link = (side: "after" | "before", position: string): string =>
    linkTo(path, { ...here, [side]: position, lang: locale });
  return renderPage({
    locale,
    title,
    sampleData: page.frame.sampleData,
    navigation: siteNavigation(locale, linkTo(path, { ...here, ...page.here, lang: otherLocale(locale) }), page.frame),
    main: html`${renderCrumbs(
        words.path,
        [{ href: linkTo("/report", { ...at, lang: locale }), text: texts.reportOf(page.period) }],
        list === null ? title : (lists[list] ?? list),
      )}
      <div class="title-row">
        <h1>${title}</h1>
        <p class="downloads no-print">
          <a class="button" href="${linkTo(`${path}.csv`, { ...here, lang: locale })}">${page.csv}</a>
        </p>
      </div>
      ${
        list !== null &&
        html`<nav class="tabs no-print" aria-label="${words.lists}">
          ${Object.entries(lists).map(([name, text]) =>
            name === list
              ? html`<span aria-current="page">${text}</span>`
              : html`<a href="${linkTo(path, { ...at, of: name, lang: locale })}">${text}</a>`,
          )}
        </nav>`
      }
      ${page.filter}
      <p class="meta">${page.meta}</p>
      ${rows.length === 0 ? html`<p>${words.none}</p>` : renderTable(title, page.head, rows, "stack", page.foot)}
      ${
        (previous !== null || next !== null) &&
        html`<nav class="pager no-print" aria-label="${own.pages}">
          ${previous !== null && html`<a rel="prev" href="${link("before", previous)}">${own.previous}</a>`}
          ${next !== null && html`<a rel="next" href="${link("after", next)}">${own.next}</a>`}
        </nav>`
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}
