import { periodAddress } from "../../stats/name-period.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { qualityCodes, qualityKinds } from "../../metrics/quality-codes.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { ListedEvent } from "../../stats/lists/listed-event.ts";
import type { PeriodReading } from "../../stats/read-period.ts";
import type { QualityKey } from "../../stats/sql/read-quality.ts";
import type { ListedRejection } from "../../stats/sql/read-quality-rejections.ts";
import { eventTexts } from "../events/event-texts.ts";
import { renderEventTable } from "../events/render-event-table.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderTable, textHeads } from "../page/render-table.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { qualityTexts } from "./quality-texts.ts";
import type { PeriodParameters } from "./render-quality.ts";

interface QualityEventsView {
  readonly reading: PeriodReading;
  readonly asked: PeriodParameters;
  readonly key: QualityKey;
  readonly total: number;
  readonly events: readonly ListedEvent[];
  readonly rejections: readonly ListedRejection[];
  readonly agentNames: ReadonlyMap<number, string>;
  readonly next: string | null;
  readonly after: string | null;
}

/** The events behind a line of the ledger. */
export function renderQualityEvents(
  view: QualityEventsView,
  locale: Locale,
  options: PageFrame & { readonly traceUrlTemplate?: string | undefined },
): string {
  const words = qualityTexts[locale];
  const texts = textsOf(locale);
  const { reading, asked, events, rejections, key } = view;
  const language = locale === "en" ? "en" : "zh";
  const period = describePeriod(reading.period, locale);
  const { kind, [language]: meaning } = qualityCodes[key.code];
  const name = qualityKinds[kind][language];
  const title = words.listTitle(name, period);
  const { code, eventName: event, attribute, detail } = key;
  const here = { ...asked, code, event, attribute, detail };
  const shown = formatCount(events.length + rejections.length, locale);
  const names = [event, attribute, detail].filter((text) => text !== "");
  const crumbs = renderCrumbs(
    texts.report,
    [{ href: linkTo("/data-quality", { ...asked, lang: locale }), text: words.title(period) }],
    name,
  );
  return renderPage({
    locale,
    title,
    sampleData: options.sampleData,
    navigation: siteNavigation(
      locale,
      linkTo("/data-quality/events", { ...here, after: view.after, lang: otherLocale(locale) }),
      options,
    ),
    main: html`${crumbs}
      <h1>${title}</h1>
      <p class="lead">${meaning}</p>
      <p class="meta">
        ${words.count(shown, formatCount(view.total, locale))} · ${texts.timezone(reading.tenant.timezone)}
        ${names.map((text) => html`· <code>${text}</code> `)}
      </p>
      <p class="meta">${code === "rejected" ? words.reasons : eventTexts[locale].privacy}</p>
      ${renderRows(title, view, locale, options.traceUrlTemplate)}`,
    footer: html`<p>${texts.footer}</p>`,
  });
}

function renderRows(
  title: string,
  { reading, asked, key, events, rejections, agentNames, next }: QualityEventsView,
  locale: Locale,
  traceUrlTemplate: string | undefined,
): Fragment {
  const { timezone } = reading.tenant;
  const { code, eventName: event, attribute, detail } = key;
  if (events.length + rejections.length === 0) return html`<p>${eventTexts[locale].none}</p>`;
  if (rejections.length > 0) return renderRejections(title, rejections, describeMoment(timezone, locale), locale);
  const at = periodAddress(reading.period);
  const columns = ["session", "agent", "ticket", "service"] as const;
  const href = linkTo("/data-quality/events", { ...asked, code, event, attribute, detail, after: next, lang: locale });
  return [
    renderEventTable(events, { label: title, timezone, locale, at, columns, traceUrlTemplate, agentNames }),
    next !== null && html`<p><a class="button" href="${href}">${eventTexts[locale].next}</a></p>`,
  ];
}

function renderRejections(
  title: string,
  rejections: readonly ListedRejection[],
  moment: (ms: number) => string,
  locale: Locale,
): Html {
  const words = qualityTexts[locale];
  return renderTable(
    title,
    textHeads([words.time, words.arrived, words.event, words.code, words.signal, words.key]),
    rejections.map(
      (rejection) =>
        html`<tr>
          <th scope="row">${moment(rejection.countedAtMs)}</th>
          <td data-label="${words.arrived}" class="left">${moment(rejection.rejectedAtMs)}</td>
          <td data-label="${words.event}" class="left"><code>${rejection.eventName ?? words.whole}</code></td>
          <td data-label="${words.code}" class="left"><code>${rejection.code}</code></td>
          <td data-label="${words.signal}" class="left">${rejection.signal}</td>
          <td data-label="${words.key}" class="left"><code>${rejection.contentHash.slice(0, 16)}</code></td>
        </tr>`,
    ),
  );
}
