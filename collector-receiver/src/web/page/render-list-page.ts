import type { Locale } from "../../metrics/format-metric.ts";
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
  readonly month: string;
  /** The month for people. */
  readonly period: string;
  readonly title: string;
  /** All lists of this page by name, with what people call them. */
  readonly lists: Readonly<Record<string, string>>;
  /** The name of the one that is shown. */
  readonly list: string;
  readonly words: { readonly path: string; readonly lists: string; readonly none: string; readonly next: string };
  /** How many there are, and in which timezone. */
  readonly meta: Fragment;
  readonly head: Fragment;
  readonly rows: readonly Html[];
  /** Position of this part of the list, and of the next; null: the beginning, and the end. */
  readonly after: string | null;
  readonly next: string | null;
}

export function renderListPage(page: ListPage): string {
  const { locale, path, month, title, lists, list, words, rows, after, next } = page;
  const texts = textsOf(locale);
  const here = { month, of: list };
  return renderPage({
    locale,
    title,
    sampleData: page.frame.sampleData,
    navigation: siteNavigation(locale, linkTo(path, { ...here, after, lang: otherLocale(locale) }), page.frame),
    main: html`${renderCrumbs(
        words.path,
        [{ href: linkTo("/report", { month, lang: locale }), text: texts.reportOf(page.period) }],
        lists[list] ?? list,
      )}
      <h1>${title}</h1>
      <nav class="tabs" aria-label="${words.lists}">
        ${Object.entries(lists).map(([name, text]) =>
          name === list
            ? html`<span aria-current="page">${text}</span>`
            : html`<a href="${linkTo(path, { month, of: name, lang: locale })}">${text}</a>`,
        )}
      </nav>
      <p class="meta">${page.meta}</p>
      ${rows.length === 0 ? html`<p>${words.none}</p>` : renderTable(title, page.head, rows)}
      ${
        next !== null &&
        html`<p>
          <a class="button" href="${linkTo(path, { ...here, after: next, lang: locale })}">${words.next}</a>
        </p>`
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}
