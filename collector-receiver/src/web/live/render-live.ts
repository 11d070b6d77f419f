import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { MetricGroup } from "../../metrics/metric-definition.ts";
import { findMetric } from "../../metrics/metric-dictionary.ts";
import type { LiveDocument } from "../../stats/live.ts";
import { agentDailyFields, dailyFields } from "../../stats/live-counters.ts";
import { html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { siteNavigation } from "../page/site-navigation.ts";
import { describeDay } from "../report/report-context.ts";
import { textsOf } from "../report/choose-texts.ts";
import { liveScript } from "./live-script.ts";
import type { PageFrame } from "../page/page-frame.ts";

/** Counters that are counts: sums of time and of money mean little while a day runs. */
const shown = [...dailyFields, ...agentDailyFields].flatMap((field) => {
  const metric = findMetric(field);
  return metric === undefined || metric.unit !== "count" ? [] : [{ field, metric }];
});

/** The live wall: right as it comes, and moving where the script runs. */
export function renderLive(live: LiveDocument, locale: Locale, options: PageFrame): string {
  const texts = textsOf(locale);
  const numbers: Readonly<Record<string, number>> = { ...live.daily, ...live.agent_daily };
  const groups = [...new Set(shown.map(({ metric }) => metric.group))];
  const title = texts.liveWall;
  return renderPage({
    locale,
    title,
    sampleData: options.sampleData,
    navigation: siteNavigation(locale, linkTo("/live", { lang: otherLocale(locale) }), options, {
      more: html`<a href="${linkTo("/report", { lang: locale })}">${texts.thisMonth}</a>`,
      here: "live",
    }),
    main: html`<div class="wall">
      <h1 data-day="${live.day}">${title} · ${describeDay(live.day, locale)}</h1>
      <p class="meta">
        ${texts.timezone(live.timezone)} ·
        <span id="state" role="status" data-open="${texts.liveOpen}" data-lost="${texts.liveLost}"
          >${texts.liveStill}</span
        >
      </p>
      ${groups.map(
        (group: MetricGroup) =>
          html`<section aria-labelledby="live-${group}">
            <h2 id="live-${group}">${texts.groups[group]}</h2>
            <div class="grid-of-figures">
              ${shown
                .filter(({ metric }) => metric.group === group)
                .map(
                  ({ field, metric }) =>
                    html`<article class="card figure">
                      <h3>${locale === "en" ? metric.name.en : metric.name.zh}</h3>
                      <p class="big" data-field="${field}">${formatCount(numbers[field] ?? 0, locale)}</p>
                    </article>`,
                )}
            </div>
          </section>`,
      )}
    </div>`,
    footer: html`<p>${texts.footer}</p>`,
    script: liveScript,
  });
}
