import type { Locale } from "../../metrics/format-metric.ts";
import { describeInstant, describePeriod } from "../../stats/describe-period.ts";
import type { PeriodAddress } from "../../stats/name-period.ts";
import type { ReportPeriod } from "../../stats/report-period.ts";
import type { ListedShare } from "../../stats/sql/list-shares.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderTable, textHeads } from "../page/render-table.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { shareDays, usualLeastGroup, usualShareDays } from "./share-desk.ts";
import { shareTexts } from "./share-texts.ts";

export interface ShareView {
  /** The period as parameters. */
  readonly address: PeriodAddress;
  readonly period: ReportPeriod;
  readonly timezone: string;
  readonly nowMs: number;
  /** Of this period. */
  readonly shares: readonly ListedShare[];
  /** The link that was made just now; null: none. */
  readonly made: { readonly address: string; readonly expiresAt: Date } | null;
}

const path = "/report/share";

/** Copies the link; without it the link can be selected and copied by hand. */
const copyScript = `
"use strict";
const copy = document.getElementById("copy");
const link = document.getElementById("link");
copy.hidden = false;
copy.addEventListener("click", async () => {
  link.select();
  try { await navigator.clipboard.writeText(link.value); } catch { document.execCommand("copy"); }
  document.getElementById("copied").textContent = copy.dataset.copied;
});
`;

/** The page from which a report is shared: the form, the link that was just made, and the links there are. */
export function renderShare(view: ShareView, locale: Locale, frame: PageFrame): string {
  const words = shareTexts[locale];
  const texts = textsOf(locale);
  const { address, made } = view;
  const period = describePeriod(view.period, locale);
  const title = words.title(period);
  return renderPage({
    locale,
    title,
    sampleData: frame.sampleData,
    navigation: siteNavigation(locale, linkTo(path, { ...address, lang: otherLocale(locale) }), frame),
    main: html`${renderCrumbs(
        words.path,
        [{ href: linkTo("/report", { ...address, lang: locale }), text: texts.reportOf(period) }],
        words.link,
      )}
      <h1>${title}</h1>
      ${made !== null && renderMade(made, view.timezone, locale)}
      <p>${words.explains}</p>
      ${renderForm(address, locale)}
      <h2>${words.list}</h2>
      ${view.shares.length === 0 ? html`<p>${words.none}</p>` : renderShares(view, locale)}`,
    footer: html`<p>${texts.footer}</p>`,
    ...(made === null ? {} : { script: copyScript }),
  });
}

function renderMade(
  { address, expiresAt }: { readonly address: string; readonly expiresAt: Date },
  timezone: string,
  locale: Locale,
): Html {
  const words = shareTexts[locale];
  return html`<div class="card" role="status">
    <form class="filter">
      <label for="link">${words.created}</label>
      <input id="link" class="link" value="${address}" readonly />
      <button type="button" class="button" id="copy" data-copied="${words.copied}" hidden>${words.copy}</button>
      <span id="copied" role="status"></span>
    </form>
    <p class="meta">${words.until(describeInstant(expiresAt.getTime(), timezone, locale))}</p>
  </div>`;
}

const kept = (address: PeriodAddress, locale: Locale): Html[] =>
  Object.entries({ ...address, lang: locale }).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );

function renderForm(address: PeriodAddress, locale: Locale): Html {
  const words = shareTexts[locale];
  return html`<form class="filter card" method="post" action="${path}/create">
    ${kept(address, locale)}
    <label
      >${words.days}
      <select name="days">
        ${shareDays.map(
          (days) =>
            html`<option value="${days}" ${days === usualShareDays && html`selected`}>${words.daysOf(days)}</option>`,
        )}
      </select>
    </label>
    <label
      >${words.least}
      <input name="least" type="number" min="2" max="1000000" value="${usualLeastGroup}" required />
    </label>
    <button class="button" formaction="${path}/preview" formmethod="get" formtarget="_blank">${words.preview}</button>
    <button class="button">${words.create}</button>
  </form>`;
}

function renderShares({ address, shares, timezone, nowMs }: ShareView, locale: Locale): Html {
  const words = shareTexts[locale];
  const stateOf = ({ expiresAt, revokedAt }: ListedShare): keyof typeof words.states =>
    revokedAt !== null ? "revoked" : expiresAt.getTime() <= nowMs ? "expired" : "open";
  return renderTable(
    words.list,
    textHeads([words.id, words.expires, words.state, words.revoke]),
    shares.map((share) => {
      const state = stateOf(share);
      return html`<tr>
        <th scope="row"><code>${share.id}</code></th>
        <td class="left" data-label="${words.expires}">
          ${describeInstant(share.expiresAt.getTime(), timezone, locale)}
        </td>
        <td class="left" data-label="${words.state}">${words.states[state]}</td>
        <td class="left" data-label="${words.revoke}">
          ${
            state === "open"
              ? html`<form method="post" action="${path}/revoke">
                  ${kept(address, locale)}
                  <input type="hidden" name="id" value="${share.id}" />
                  <button class="button" aria-label="${words.revokeOf(share.id)}">${words.revoke}</button>
                </form>`
              : "—"
          }
        </td>
      </tr>`;
    }),
  );
}
