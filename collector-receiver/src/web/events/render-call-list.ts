import { formatCount } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describeBound } from "../../stats/ai-metrics.ts";
import { maxSortedCalls } from "../../stats/call-list.ts";
import type { CallListReading } from "../../stats/call-list.ts";
import { describePeriod } from "../../stats/describe-period.ts";
import { callListNames } from "../../stats/lists/call-lists.ts";
import { sortName } from "../../stats/lists/list-order.ts";
import { periodAddress } from "../../stats/name-period.ts";
import { metricsOfPeriod } from "../../stats/period-metrics.ts";
import { callSorts } from "../../stats/sql/read-call-list.ts";
import type { ListedCall } from "../../stats/sql/read-call-list.ts";
import { maxCsvRows } from "../export/write-list-csv.ts";
import { listTexts } from "../lists/list-texts.ts";
import { renderFilter, sortHeads } from "../lists/render-sorting.ts";
import { describeDuration } from "../page/describe-duration.ts";
import { describeMoment } from "../page/describe-moment.ts";
import { html, type Fragment, type Html } from "../page/html.ts";
import type { PageFrame } from "../page/page-frame.ts";
import { linkTo } from "../page/page-links.ts";
import { renderListPage } from "../page/render-list-page.ts";
import { textsOf } from "../report/choose-texts.ts";
import { callTexts } from "./call-texts.ts";
import { formatCost, modelLabel } from "./describe-call.ts";
import { eventTexts } from "./event-texts.ts";
import { renderTrace } from "./render-event-table.ts";

export interface CallListView extends CallListReading {
  readonly here: Readonly<Record<"after" | "before", string | null>>;
}

const path = "/report/calls";

/** The calls of models behind a figure as a page: each with what it cost, and its conversation. */
export function renderCallList(
  view: CallListView,
  locale: Locale,
  frame: PageFrame & { readonly traceUrlTemplate?: string | undefined },
): string {
  const words = callTexts[locale];
  const own = listTexts[locale];
  const { reading, list, filter, part, order, canSort, total } = view;
  const at = periodAddress(reading.period);
  const period = describePeriod(reading.period, locale);
  const chosen = {
    model: filter.model,
    provider: filter.provider,
    service_tier: filter.serviceTier,
    session_id: filter.sessionId,
    sort: sortName(order, callSorts),
  };
  const isFiltered = Object.values(filter).some((word) => word !== null);
  const shown = formatCount(part.rows.length, locale);
  const spend = metricsOfPeriod(reading, locale).get("ai_spend")?.formatted;
  const columns = sortableColumns(locale);
  return renderListPage({
    locale,
    frame,
    path,
    at,
    period,
    title: eventTexts[locale].title(words.lists[list], period),
    lists: Object.fromEntries(callListNames.map((name) => [name, words.lists[name]])),
    list,
    chosen,
    words: { path: eventTexts[locale].path, lists: words.calls, none: eventTexts[locale].none },
    meta: html`${isFiltered || total === null ? own.shown(shown) : own.ofAll(shown, formatCount(total, locale))} ·
    ${textsOf(locale).timezone(reading.tenant.timezone)}${spend !== undefined && ` · ${words.spendOf(spend)}`}
    ${!canSort && html` · ${words.onlyByTime(formatCount(maxSortedCalls, locale))}`}`,
    filter: renderFilter({
      locale,
      path,
      kept: { ...at, of: list },
      fields: [
        { name: "model", label: words.model, value: filter.model },
        { name: "provider", label: words.provider, value: filter.provider },
        { name: "service_tier", label: words.serviceTier, value: filter.serviceTier },
        { name: "session_id", label: eventTexts[locale].session, value: filter.sessionId },
      ],
      order: canSort ? order : null,
      columns: callSorts.map((column) => columns[column]),
      clearHref: linkTo(path, { ...at, of: list, lang: locale }),
    }),
    head: sortHeads(headsOf(locale), canSort ? order : null, (sort) =>
      linkTo(path, { ...at, of: list, ...chosen, sort, lang: locale }),
    ),
    rows: part.rows.map((call) => renderRow(call, view, locale, frame.traceUrlTemplate)),
    csv: total === null || total > maxCsvRows ? own.csvFirst(formatCount(maxCsvRows, locale)) : own.csv,
    here: view.here,
    previous: part.previous,
    next: part.next,
  });
}

function sortableColumns(locale: Locale) {
  const words = callTexts[locale];
  return {
    time: { column: "time", text: eventTexts[locale].time },
    cost: { column: "cost", text: words.cost },
    tokens: { column: "tokens", text: words.tokens },
    duration: { column: "duration", text: words.duration },
    first_token: { column: "first_token", text: words.firstToken },
  } as const;
}

function headsOf(locale: Locale) {
  const words = callTexts[locale];
  const columns = sortableColumns(locale);
  const text = (head: string) => ({ text: head, isText: true });
  return [
    columns.time,
    text(words.model),
    { text: words.uncached },
    { text: words.cacheRead },
    { text: words.cacheWrite },
    { text: words.output },
    columns.tokens,
    columns.duration,
    columns.first_token,
    text(words.result),
    columns.cost,
    text(eventTexts[locale].session),
    text(eventTexts[locale].trace),
  ] as const;
}

function renderRow(call: ListedCall, { reading }: CallListView, locale: Locale, traces: string | undefined): Html {
  const words = callTexts[locale];
  const events = eventTexts[locale];
  const cell = (label: string, content: Fragment, kind = ""): Html =>
    html`<td data-label="${label}" class="${kind}${content === "—" && " void"}">${content}</td>`;
  const count = (tokens: string): string => (call.isWithoutUsage ? "—" : formatCount(tokens, locale));
  const tokens = [call.uncached, call.cacheRead, call.cacheWrite, call.output].map(BigInt);
  const sum = String(tokens.reduce((all, part) => all + part, 0n));
  const { sessionId } = call;
  return html`<tr>
    <th scope="row">${describeMoment(reading.tenant.timezone, locale)(call.occurredMs)}</th>
    ${cell(words.model, modelLabel(call), "left")} ${cell(words.uncached, count(call.uncached))}
    ${cell(words.cacheRead, count(call.cacheRead))} ${cell(words.cacheWrite, count(call.cacheWrite))}
    ${cell(words.output, count(call.output))} ${cell(words.tokens, count(sum))}
    ${cell(words.duration, describeDuration(call.durationMs, locale))}
    ${cell(words.firstToken, describeDuration(call.firstTokenMs, locale))}
    ${cell(words.result, call.hasFailed ? words.failed : call.isWithoutUsage ? words.withoutUsage : "—", "left")}
    ${cell(words.cost, costText(call, reading.tenant.currency, locale))}
    ${cell(
      events.session,
      sessionId === null
        ? "—"
        : html`<a href="${linkTo(`/report/sessions/${encodeURIComponent(sessionId)}`, { lang: locale })}"
            ><code>${sessionId}</code></a
          >`,
      "left",
    )}
    ${cell(events.trace, renderTrace(call.traceId, traces), "left")}
  </tr>`;
}

/** "¥0.0123", "at least ¥0.0123", "no price" */
function costText(call: ListedCall, currency: string, locale: Locale): string {
  if (call.cost === null) return call.isWithoutUsage ? "—" : callTexts[locale].noPrice;
  const text = formatCost(call.cost, currency, locale);
  return call.unpriced === "0" ? text : describeBound("at_least", text, locale);
}
