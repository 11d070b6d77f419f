import type { Locale } from "../../metrics/format-metric.ts";
import { html } from "./html.ts";
import { linkTo, otherLocale } from "./page-links.ts";
import { renderPage } from "./page-shell.ts";
import { languageLink, siteBrand } from "./site-navigation.ts";

const words = {
  en: {
    title: "Sign in",
    token: "Token",
    hint: "A token of READ_TOKENS; whoever runs Spanledger has one for you.",
    wrong: "This token is not right, or no longer.",
    enter: "Sign in",
  },
  "zh-CN": {
    title: "登录",
    token: "令牌",
    hint: "READ_TOKENS 中的令牌，请向 Spanledger 的管理员索取。",
    wrong: "令牌有误或已失效。",
    enter: "登录",
  },
} satisfies Record<Locale, unknown>;

/** The form that asks for a token; `next` is the page that it leads to. */
export function renderSignIn(
  locale: Locale,
  { next, wrong, sampleData }: { readonly next: string; readonly wrong: boolean; readonly sampleData: boolean },
): string {
  const texts = words[locale];
  return renderPage({
    locale,
    title: texts.title,
    sampleData,
    navigation: html`${siteBrand(locale, null)}
    ${languageLink(locale, linkTo("/sign-in", { next, lang: otherLocale(locale) }))}`,
    main: html`<form class="card sign-in" method="post" action="/sign-in">
      <h1>${texts.title}</h1>
      ${wrong && html`<p class="notice" role="alert" id="problem">${texts.wrong}</p>`}
      <label for="token">${texts.token}</label>
      <input
        id="token"
        name="token"
        type="password"
        autocomplete="current-password"
        aria-describedby="${wrong ? "problem hint" : "hint"}"
        required
        autofocus
      />
      <p class="meta" id="hint">${texts.hint}</p>
      <input type="hidden" name="next" value="${next}" />
      <input type="hidden" name="lang" value="${locale}" />
      <button class="button">${texts.enter}</button>
    </form>`,
    footer: null,
  });
}
