import type { MetricValue } from "../../metrics/derive-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { otherValue } from "../../metrics/attribute-counters.ts";
import { periodAddress } from "../../stats/name-period.ts";
import { segmentAddress } from "../../stats/segment-query.ts";
import { dimensionName, figuresOfSegment, groupSegments } from "../../stats/segments.ts";
import type { CountedSegment } from "../../stats/sql/read-segment-counters.ts";
import type { CountedValue } from "../../stats/sql/read-value-counts.ts";
import { html } from "../page/html.ts";
import type { Fragment, Html } from "../page/html.ts";
import { linkTo } from "../page/page-links.ts";
import { renderTable, textHeads } from "../page/render-table.ts";
import { labelOf, labelsOf } from "../words/label-words.ts";
import { countText, describeShare } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";

/** Rows that are shown at once; the others are one tap away. */
const shownRows = 20;
/** A longer table is not read; the file has all rows. */
const maxRows = 200;

const words = {
  en: {
    title: "Segments",
    by: (dimension: string) => `Conversations by ${dimension.toLowerCase()}`,
    columns: ["Conversations", "Resolved by the AI", "Escalated", "Unanswered", "Wait for a human", "Satisfied"],
    more: (count: string) => `${count} more`,
    notRecorded: "Not recorded",
    other: "Other",
    clear: "Show all conversations",
    of: (part: string, all: string) => `${part} of ${all}`,
    values: {
      "query.order site": "Order look-ups by site",
      "query.tracking carrier": "Parcel look-ups by carrier",
      "ticket.created source": "Tickets by source",
      "ticket.created type": "Tickets by type",
      "ticket.created priority": "Tickets by priority",
    },
    value: "Value",
    counts: "Number",
    share: "Share",
    success: "Found",
  },
  "zh-CN": {
    title: "分组",
    by: (dimension: string) => `按${dimension}统计会话`,
    columns: ["会话", "AI 解决", "转人工", "未答复", "等待人工", "满意"],
    more: (count: string) => `其余 ${count} 项`,
    notRecorded: "未记录",
    other: "其他",
    clear: "查看全部会话",
    of: (part: string, all: string) => `${all} 中 ${part}`,
    values: {
      "query.order site": "订单查询（按站点）",
      "query.tracking carrier": "物流查询（按承运商）",
      "ticket.created source": "工单（按来源）",
      "ticket.created type": "工单（按类型）",
      "ticket.created priority": "工单（按优先级）",
    },
    value: "取值",
    counts: "数量",
    share: "占比",
    success: "查到",
  },
} as const satisfies Record<Locale, unknown>;

/** "Channel: Web"; null if nothing is filtered. */
export function segmentText({ material, locale }: ReportContext): string | null {
  const { segment } = material.reading;
  if (segment === null) return null;
  const name = dimensionName(segment.dimension, locale, material.segments.definitions);
  const value = segment.value === otherValue ? words[locale].other : labelOf(segment.value, locale);
  return locale === "zh-CN" ? `${name}：${value}` : `${name}: ${value}`;
}

/** The way back to all conversations. */
export function renderClearFilter({ material, locale }: ReportContext, compare: string | null): Fragment {
  const { reading } = material;
  if (reading.segment === null) return null;
  const href = linkTo("/report", { ...periodAddress(reading.period), compare, lang: locale });
  return html`<a class="button no-print" href="${href}">✕ ${words[locale].clear}</a>`;
}

/**
 * Conversations by each dimension, each value a way to filter, and the values of look-ups and tickets. Not in shared copies, where a
 * row may rest on few, nor beside a filter: the counters are kept by one dimension at a time.
 */
export function renderSegments(context: ReportContext, compare: string | null): Fragment {
  const { material, locale, least } = context;
  const { counted, values } = material.segments;
  if (least !== null || counted.length + values.length === 0) return null;
  const own = words[locale];
  return html`<section aria-labelledby="segments">
    <h2 id="segments">${own.title}</h2>
    ${[...groupSegments(counted)].map(([dimension, segments]) => renderDimension(context, dimension, segments, compare))}
    ${[...Map.groupBy(values, ({ event, attribute }) => `${event} ${attribute}`)].map(([of, ofAttribute]) =>
      renderValues(context, of, ofAttribute),
    )}
  </section>`;
}

function renderDimension(
  context: ReportContext,
  dimension: string,
  segments: readonly CountedSegment[],
  compare: string | null,
): Html {
  const { material, locale } = context;
  const { reading, segments: read } = material;
  const own = words[locale];
  const name = dimensionName(dimension, locale, read.definitions);
  const labels = labelled(segments, locale);
  const rows = segments.slice(0, maxRows).map((segment, i) => {
    const figures = figuresOfSegment(segment.counters, reading, locale);
    const href = linkTo("/report", {
      ...periodAddress(reading.period),
      ...segmentAddress(segment),
      compare,
      lang: locale,
    });
    const cells = [
      figures.total_sessions.formatted,
      withRate(figures.ai_resolved_sessions, figures.ai_resolution_rate),
      withRate(figures.escalated_sessions, figures.escalation_rate),
      figures.outcome_unanswered.formatted,
      figures.avg_first_response_ms.formatted,
      satisfiedText(figures.csat_rate, locale),
    ];
    return html`<tr>
      <th scope="row"><a href="${href}">${labels[i]}</a></th>
      ${cells.map((cell, column) => html`<td data-label="${own.columns[column] ?? ""}">${cell}</td>`)}
    </tr>`;
  });
  const counted = segments.reduce((sum, { counters }) => sum + Number(counters.total_sessions), 0);
  const missing = Number(reading.counters.total_sessions ?? 0) - counted;
  const head = html`${textHeads([name])}${own.columns.map((column) => html`<th scope="col">${column}</th>`)}`;
  const foot =
    missing > 0 &&
    html`<tr>
      <th scope="row">${own.notRecorded}</th>
      <td data-label="${own.columns[0]}">${countText(missing, locale)}</td>
      ${own.columns.slice(1).map((column) => html`<td data-label="${column}">—</td>`)}
    </tr>`;
  return html`<h3 id="segments-${dimension}">${own.by(name)}</h3>
    ${renderRows(own.by(name), head, rows, foot, context)}`;
}

/** The values of an attribute of look-ups or tickets. */
function renderValues(context: ReportContext, of: string, values: readonly CountedValue[]): Html {
  const { locale } = context;
  const own = words[locale];
  const title = (own.values as Readonly<Record<string, string>>)[of] ?? of;
  const total = values.reduce((sum, { events }) => sum + events, 0);
  const isQuery = of.startsWith("query.");
  const labels = labelled(values, locale);
  const columns = [own.counts, own.share, ...(isQuery ? [own.success] : [])];
  const rows = values.slice(0, maxRows).map(({ events, succeeded }, i) => {
    const cells = [
      countText(events, locale),
      describeShare(events, total, locale),
      ...(isQuery ? [describeShare(succeeded, events, locale)] : []),
    ];
    return html`<tr>
      <th scope="row">${labels[i]}</th>
      ${cells.map((cell, column) => html`<td data-label="${columns[column] ?? ""}">${cell}</td>`)}
    </tr>`;
  });
  const head = html`${textHeads([own.value])}${columns.map((column) => html`<th scope="col">${column}</th>`)}`;
  return html`<details class="card more">
    <summary>${title}</summary>
    ${renderRows(title, head, rows, null, context)}
  </details>`;
}

/** The first rows, and the others one tap away. */
function renderRows(
  label: string,
  head: Fragment,
  rows: readonly Html[],
  foot: Fragment,
  { locale }: ReportContext,
): Html {
  const [first, rest] = [rows.slice(0, shownRows), rows.slice(shownRows)];
  const text = words[locale].more(countText(rest.length, locale));
  return html`${renderTable(label, head, first, "stack", foot === null || foot === false ? undefined : foot)}
  ${
    rest.length > 0 &&
    html`<details class="card more">
      <summary>${text}</summary>
      ${renderTable(`${label}: ${text}`, head, rest)}
    </details>`
  }`;
}

function labelled(values: readonly { readonly value: string }[], locale: Locale): string[] {
  const labels = labelsOf(
    values.map(({ value }) => value),
    locale,
  );
  return values.map(({ value }, i) => (value === otherValue ? words[locale].other : (labels[i] as string)));
}

/** "12 (40.0%)" */
const withRate = (count: MetricValue, rate: MetricValue): string =>
  rate.value === null || count.value === null ? count.formatted : `${count.formatted} (${rate.formatted})`;

/** A share of few ratings is told as n of N. */
function satisfiedText(rate: MetricValue, locale: Locale): string {
  if (rate.value === null || !rate.low_sample) return rate.formatted;
  return words[locale].of(countText(rate.numerator ?? 0, locale), countText(rate.denominator ?? 0, locale));
}
