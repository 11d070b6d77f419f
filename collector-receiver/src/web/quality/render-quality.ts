import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { DataQuality, DataQualityEntry } from "../../stats/data-quality.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderTable, textHeads } from "../page/render-table.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { renderClocks } from "./render-clocks.ts";
import { qualityTexts } from "./quality-texts.ts";

/** The parameters that name a period, as the page was asked. */
export type PeriodParameters = Readonly<Record<"month" | "period" | "start_date" | "end_date", string | null>>;

/** What the numbers of a period rest on, as a page. */
export function renderQuality(
  document: DataQuality,
  asked: PeriodParameters,
  locale: Locale,
  frame: PageFrame,
): string {
  const words = qualityTexts[locale];
  const texts = textsOf(locale);
  const count = (value: number): string => formatCount(value, locale);
  const { recorded, missing, dropped, unkept_rejections: unkept } = document.evidence;
  const title = words.title(document.period);
  return renderPage({
    locale,
    title,
    sampleData: frame.sampleData,
    navigation: siteNavigation(locale, linkTo("/data-quality", { ...asked, lang: otherLocale(locale) }), frame),
    main: html`${renderCrumbs(
        texts.report,
        [
          {
            href: linkTo("/report", { month: document.start_date.slice(0, 7), lang: locale }),
            text: texts.reportOf(document.period),
          },
        ],
        words.name,
      )}
      <h1>${title}</h1>
      <p class="lead">${words.lead}</p>
      <p class="meta">${words.of(count(document.events))} · ${texts.timezone(document.timezone)}</p>
      ${
        document.entries.length === 0
          ? html`<p>${words.clean}</p>`
          : [renderKinds(document, locale), renderEntries(document, asked, locale)]
      }
      ${!document.complete && html`<p class="notice">${words.more(count(document.entries.length))}</p>`}
      ${renderClocks(document.evidence.clocks_ahead, document.timezone, locale)}
      ${
        (recorded > 0 || unkept > 0) &&
        html`<h2>${words.evidence}</h2>
          ${recorded > 0 && html`<p>${words.sources(count(recorded), count(missing), count(dropped))}</p>`}
          ${unkept > 0 && html`<p>${words.unkept(count(unkept))}</p>`}`
      }`,
    footer: html`<p>${texts.footer}</p>`,
  });
}

function renderKinds({ kinds }: DataQuality, locale: Locale): Html {
  const words = qualityTexts[locale];
  return renderTable(
    words.kinds,
    textHeads([words.kind, words.found]),
    kinds.map(
      ({ name, events }) =>
        html`<tr>
          <th scope="row">${name}</th>
          <td data-label="${words.found}">${formatCount(events, locale)}</td>
        </tr>`,
    ),
  );
}

function renderEntries({ entries, kinds }: DataQuality, asked: PeriodParameters, locale: Locale): Fragment {
  const words = qualityTexts[locale];
  return kinds.map(({ kind, name }) => {
    const own = entries.filter((entry) => entry.kind === kind);
    if (own.length === 0) return null;
    return html`<h2>${name}</h2>
      ${[...new Set(own.map(({ meaning }) => meaning))].map((meaning) => html`<p>${meaning}</p>`)}
      <p class="meta">${words.action}: ${[...new Set(own.map(({ action }) => action))].join(" ")}</p>
      ${renderTable(
        name,
        textHeads([words.event, words.attribute, words.detail, words.found, words.days, words.look]),
        own.map((entry) => renderEntry(entry, asked, locale)),
      )}`;
  });
}

function renderEntry(entry: DataQualityEntry, asked: PeriodParameters, locale: Locale): Html {
  const words = qualityTexts[locale];
  const { code, event, attribute, detail, first_day: first, last_day: last } = entry;
  const name = (text: string): Fragment => (text === "" ? words.whole : html`<code>${text}</code>`);
  const shown = detail === "" && code !== "derived_id" && code !== "placeholder" ? code : detail;
  return html`<tr>
    <th scope="row">${name(event)}</th>
    <td data-label="${words.attribute}" class="left">${name(attribute)}</td>
    <td data-label="${words.detail}" class="left">${name(shown)}</td>
    <td data-label="${words.found}">${formatCount(entry.events, locale)}</td>
    <td data-label="${words.days}" class="left">${first === last ? first : `${first} – ${last}`}</td>
    <td data-label="${words.look}" class="left">
      <a href="${linkTo("/data-quality/events", { ...asked, code, event, attribute, detail, lang: locale })}"
        >${words.look}</a
      >
    </td>
  </tr>`;
}
