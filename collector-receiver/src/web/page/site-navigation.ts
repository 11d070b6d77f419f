import type { Locale } from "../../metrics/format-metric.ts";
import { textsOf } from "../report/choose-texts.ts";
import { html, trusted } from "./html.ts";
import type { Fragment, Html } from "./html.ts";
import type { PageFrame } from "./page-frame.ts";
import { linkTo, otherLocale } from "./page-links.ts";

/** Two strokes of a ledger; drawn, so that it needs no request. */
const logo =
  '<svg class="brand-logo" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><rect width="16" height="16" rx="3.5"/><path d="M4 6h8M4 10h5"/></svg>';

/** The name with its logo: a link to the months, or, in a shared copy, a name alone. */
export function siteBrand(locale: Locale, href: string | null): Html {
  const name = html`${trusted(logo)}<span>${textsOf(locale).product}</span>`;
  return href === null ? html`<span class="brand">${name}</span>` : html`<a class="brand" href="${href}">${name}</a>`;
}

/** The link to the same page in the other language. */
export function languageLink(locale: Locale, href: string): Html {
  const other = otherLocale(locale);
  return html`<a href="${href}" lang="${other}" hreflang="${other}">${textsOf(locale).otherLanguage}</a>`;
}

interface Navigation {
  /** Links of this page alone. */
  readonly more?: Fragment;
  /** The page itself, if it is one of those that every page leads to. */
  readonly here?: "months" | "live";
}

/** What stands on top of every page but shared copies. `otherHref` leads to the page in the other language. */
export function siteNavigation(
  locale: Locale,
  otherHref: string,
  { account = null }: PageFrame,
  { more, here }: Navigation = {},
): Html {
  const texts = textsOf(locale);
  return html`${siteBrand(locale, linkTo("/", { lang: locale }))}
  ${here !== "months" && html`<a href="${linkTo("/", { lang: locale })}">${texts.allMonths}</a>`}
  ${here !== "live" && html`<a href="${linkTo("/live", { lang: locale })}">${texts.liveWall}</a>`} ${more}
  ${languageLink(locale, otherHref)}
  ${
    account !== null &&
    html`<form class="account" method="post" action="/sign-out">
      <span title="${texts.account}">${account}</span> <button>${texts.signOut}</button>
    </form>`
  }`;
}

/** Where a page lies below the report: the way up, and its own name last. */
export function renderCrumbs(
  label: string,
  above: readonly { readonly href: string; readonly text: string }[],
  here: string,
): Html {
  return html`<nav class="crumbs" aria-label="${label}">
    <ol>
      ${above.map(({ href, text }) => html`<li><a href="${href}">${text}</a></li>`)}
      <li aria-current="page">${here}</li>
    </ol>
  </nav>`;
}
