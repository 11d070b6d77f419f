import type { PeriodAddress } from "../../stats/name-period.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import type { PeriodReading } from "../../stats/read-period.ts";
import { html } from "../page/html.ts";
import type { Html } from "../page/html.ts";
import { linkTo, otherLocale } from "../page/page-links.ts";
import { renderPage } from "../page/page-shell.ts";
import { renderCrumbs, siteNavigation } from "../page/site-navigation.ts";
import { textsOf } from "../report/choose-texts.ts";
import { eventLists } from "../../stats/lists/event-lists.ts";
import type { EventList, EventListDefinition } from "../../stats/lists/event-lists.ts";
import { eventTexts } from "./event-texts.ts";
import type { ListedEvent } from "../../stats/lists/listed-event.ts";
import { renderEventTable } from "./render-event-table.ts";
import type { EventTableView } from "./render-event-table.ts";
import type { PageFrame } from "../page/page-frame.ts";

interface EventListView {
  readonly reading: PeriodReading;
  readonly at: PeriodAddress;
  readonly list: EventList;
  readonly agentId: number | null;
  readonly agentNames: ReadonlyMap<number, string>;
  /** What the counter says; null if the list has none. */
  readonly total: number | null;
  readonly events: readonly ListedEvent[];
  readonly next: string | null;
  readonly after: string | null;
  /** Events before it are gone, ms; null if all are kept. */
  readonly goneBefore: string | null;
}

const columnsOf: Readonly<Record<EventListDefinition["by"], EventTableView["columns"]>> = {
  agent: ["agent", "session"],
  ticket: ["ticket", "agent", "session"],
  miss: ["session"],
};

/** The events behind a figure as a page: each leads on to its session, its ticket and its agent. */
export function renderEventList(
  view: EventListView,
  locale: Locale,
  options: PageFrame & { readonly traceUrlTemplate?: string | undefined },
): string {
  const words = eventTexts[locale];
  const texts = textsOf(locale);
  const { reading, at, list, agentId, events } = view;
  const definition: EventListDefinition = eventLists[list];
  const period = describePeriod(reading.period, locale);
  const here = { ...at, of: list, agent: agentId === null ? null : String(agentId) };
  const agent = agentId === null ? null : (view.agentNames.get(agentId) ?? words.unnamed(String(agentId)));
  const title = words.title(words.lists[list], period);
  const shown = formatCount(events.length, locale);
  return renderPage({
    locale,
    title: agent === null ? title : `${title} · ${agent}`,
    sampleData: options.sampleData,
    navigation: siteNavigation(
      locale,
      linkTo("/report/events", { ...here, after: view.after, lang: otherLocale(locale) }),
      options,
    ),
    main: html`${renderCrumbs(
        words.path,
        [
          { href: linkTo("/report", { ...at, lang: locale }), text: texts.reportOf(period) },
          ...(agent === null
            ? []
            : [{ href: linkTo(`/report/agents/${agentId}`, { ...at, lang: locale }), text: agent }]),
        ],
        words.lists[list],
      )}
      <h1>${title}</h1>
      ${agent !== null && html`<p class="lead">${words.ofAgent(agent)}</p>`}
      <p class="meta">
        ${view.total === null ? words.shown(shown) : words.count(shown, formatCount(view.total, locale))} ·
        ${texts.timezone(reading.tenant.timezone)} · <code>${definition.event}</code>
      </p>
      <p class="meta">${words.privacy}</p>
      ${view.goneBefore !== null && html`<p class="notice">${words.gone(view.goneBefore)}</p>`}
      ${
        events.length === 0
          ? html`<p>${words.none}</p>`
          : renderEventTable(events, {
              label: title,
              timezone: reading.tenant.timezone,
              locale,
              at,
              columns: list === "tickets_sla_missed" ? columnsOf.ticket : columnsOf[definition.by],
              traceUrlTemplate: options.traceUrlTemplate,
              agentNames: view.agentNames,
            })
      }
      ${nextLink(view, here, locale)}`,
    footer: html`<p>${texts.footer}</p>`,
  });
}

function nextLink(
  { next }: EventListView,
  here: Readonly<Record<string, string | null>>,
  locale: Locale,
): Html | false {
  if (next === null) return false;
  return html`<p>
    <a class="button" href="${linkTo("/report/events", { ...here, after: next, lang: locale })}"
      >${eventTexts[locale].next}</a
    >
  </p>`;
}
