import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { MetricGroup } from "../../metrics/metric-definition.ts";
import { findMetric } from "../../metrics/metric-dictionary.ts";
import type { LiveDocument } from "../../stats/live.ts";
import { agentDailyFields, dailyFields } from "../../stats/live-counters.ts";
import { describeDuration } from "../page/describe-duration.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { describeDay } from "../report/report-context.ts";
import { liveScript } from "./live-script.ts";
import { liveTexts } from "./live-texts.ts";

/** Counters that are counts: sums of time and of money mean little while a day runs. */
const shown = [...dailyFields, ...agentDailyFields].flatMap((field) => {
  const metric = findMetric(field);
  // These two stand above, beside what is usual.
  return metric === undefined || metric.unit !== "count" || field === "total_sessions" || field === "escalated_sessions"
    ? []
    : [{ field, metric }];
});
const refreshSeconds = 30;

/** The live wall: right as it comes, and moving while its script runs. Without scripts it is loaded again and again. */
export function renderLive(live: LiveDocument, locale: Locale, options: PageFrame): string {
  const texts = textsOf(locale);
  const words = liveTexts[locale];
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
        ${texts.timezone(live.timezone)} · ${words.update}
        <time id="updated" datetime="${live.as_of}" data-zone="${live.timezone}">${timeOf(live, locale)}</time> ·
        <span id="state" role="status" data-open="${texts.liveOpen}" data-lost="${texts.liveLost}"
          >${texts.liveStill}</span
        >
      </p>
      ${renderNow(live, locale)} ${renderToday(live, locale)}
      <details class="more-counters" open>
        <summary>${words.all}</summary>
        ${renderCounters(live, locale)}
      </details>
    </div>`,
    footer: html`<p>${texts.footer}</p>`,
    script: liveScript,
    refreshSeconds,
  });
}

function timeOf({ as_of: asOf, timezone }: LiveDocument, locale: Locale): string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: timezone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return format.format(Date.parse(asOf));
}

/** @param field under which the script finds its number; null: it has a way of its own */
function renderFigure(name: string, field: string | null, value: Fragment, aside: Fragment = null): Html {
  return html`<article class="card figure">
    <h3>${name}</h3>
    ${field === null ? value : html`<p class="big" data-field="${field}">${value}</p>`} ${aside}
  </article>`;
}

function renderNow({ situation, as_of: asOf }: LiveDocument, locale: Locale): Html {
  const words = liveTexts[locale];
  const { waiting_since: since } = situation;
  const count = (value: number | null): string => (value === null ? "—" : formatCount(value, locale));
  const waitMs = since === null ? null : Math.max(0, Date.parse(asOf) - Date.parse(since));
  return html`<section aria-labelledby="live-now">
    <h2 id="live-now">${words.now}</h2>
    <div class="grid-of-figures now" data-alert="${String(situation.waiting > 0)}">
      ${renderFigure(words.waiting, "waiting", count(situation.waiting))}
      ${renderFigure(
        words.longest,
        null,
        html`<p class="big" id="longest" data-since="${since ?? ""}">${describeDuration(waitMs, locale)}</p>`,
      )}
      ${renderFigure(words.free, "agents_free", count(situation.agents_free))}
      ${renderFigure(words.online, "agents_online", count(situation.agents_online))}
      ${renderFigure(words.backlog, "ticket_backlog", count(situation.ticket_backlog))}
    </div>
    <p class="meta">${words.waitsWho}</p>
  </section>`;
}

function renderToday({ daily, usual, ai }: LiveDocument, locale: Locale): Html {
  const words = liveTexts[locale];
  const figure = (name: string, field: "total_sessions" | "escalated_sessions"): Html =>
    renderFigure(
      name,
      field,
      formatCount(daily[field] ?? 0, locale),
      usual !== null &&
        html`<p class="aside" data-usual="${field}" data-words="${words.usual("{}")}">
          ${words.usual(formatCount(Math.round(usual[field]), locale))}
        </p>`,
    );
  return html`<section aria-labelledby="live-today">
    <h2 id="live-today">${words.today}</h2>
    <div class="grid-of-figures">
      ${figure(words.sessions, "total_sessions")} ${figure(words.escalated, "escalated_sessions")}
      ${
        ai !== null && [
          renderFigure(words.aiCalls, "ai_calls", formatCount(ai.ai_calls, locale)),
          renderFigure(words.aiSpend(ai.currency, ai.at_least), "ai_spend", spendText(ai.ai_spend, locale)),
        ]
      }
    </div>
    <p class="meta">${usual === null ? words.noUsual : words.usualOf(formatCount(usual.days, locale))}</p>
  </section>`;
}

/** As the script writes it later. */
function spendText(spend: number | null, locale: Locale): string {
  return spend === null ? "—" : new Intl.NumberFormat(locale).format(spend);
}

function renderCounters(live: LiveDocument, locale: Locale): Html[] {
  const numbers: Readonly<Record<string, number>> = { ...live.daily, ...live.agent_daily };
  const groups = [...new Set(shown.map(({ metric }) => metric.group))];
  return groups.map(
    (group: MetricGroup) =>
      html`<section aria-labelledby="live-${group}">
        <h3 id="live-${group}">${textsOf(locale).groups[group]}</h3>
        <div class="grid-of-figures small">
          ${shown
            .filter(({ metric }) => metric.group === group)
            .map(({ field, metric }) =>
              renderFigure(
                locale === "en" ? metric.name.en : metric.name.zh,
                field,
                formatCount(numbers[field] ?? 0, locale),
              ),
            )}
        </div>
      </section>`,
  );
}
