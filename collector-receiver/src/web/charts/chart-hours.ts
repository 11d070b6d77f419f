import { fractionOf } from "../../metrics/exact-fraction.ts";
import { formatSpan } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { WeekHour } from "../../stats/hours.ts";
import type { HourOfWeek } from "../../metrics/hour-occurrences.ts";
import { linkTo } from "../page/page-links.ts";
import { isFew } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { nameTimezone } from "../page/name-timezone.ts";
import { drawHeatmap } from "./draw-heatmap.ts";
import type { ReportChart } from "./report-chart.ts";
import { hasReported, summariseChart } from "./summarise-chart.ts";

const words = {
  en: {
    hour: "Hour",
    "hours-conversations": {
      name: "Conversations",
      title: "Conversations by weekday and hour",
      most: (hour: string, value: string) => `Most conversations begin on ${hour}: ${value} an hour on average.`,
      value: (text: string) => `${text} an hour`,
    },
    "hours-escalations": {
      name: "Asking for a human",
      title: "Customers who ask for a human, by weekday and hour",
      most: (hour: string, value: string) => `Most customers ask for a human on ${hour}: ${value} an hour on average.`,
      value: (text: string) => `${text} an hour`,
    },
    "hours-waits": {
      name: "Waiting for a human",
      title: "Wait for a human, by weekday and hour",
      most: (hour: string, value: string) => `Customers wait longest on ${hour}: ${value} on average.`,
      value: (text: string) => text,
    },
    noWaits: "No wait for a human is known in this period.",
    unknown: "These days were sealed by older counting rules, which counted no hours.",
    since: (day: string) => ` Counted from ${day} on.`,
    zone: (zone: string) => ` Hours in ${zone} time.`,
    at: (weekday: string, from: string, to: string) => `${weekday}s from ${from} to ${to}`,
    cell: (weekday: string, from: string) => `${weekday} ${from}`,
  },
  "zh-CN": {
    hour: "时段",
    "hours-conversations": {
      name: "会话",
      title: "会话的时段分布",
      most: (hour: string, value: string) => `${hour}会话最多，平均每小时 ${value} 个。`,
      value: (text: string) => `每小时 ${text} 个`,
    },
    "hours-escalations": {
      name: "要求转人工",
      title: "要求转人工的时段分布",
      most: (hour: string, value: string) => `${hour}要求转人工最多，平均每小时 ${value} 次。`,
      value: (text: string) => `每小时 ${text} 次`,
    },
    "hours-waits": {
      name: "等待人工",
      title: "等待人工时长的时段分布",
      most: (hour: string, value: string) => `${hour}等待最久，平均 ${value}。`,
      value: (text: string) => text,
    },
    noWaits: "该时期没有已知的人工等待时长。",
    unknown: "这些日期按旧计数规则封存，没有分时段的数据。",
    since: (day: string) => `自 ${day} 起统计。`,
    zone: (zone: string) => `时段按${nameTimezone(zone)}。`,
    at: (weekday: string, from: string, to: string) => `${weekday} ${from} 至 ${to} `,
    cell: (weekday: string, from: string) => `${weekday} ${from}`,
  },
} as const satisfies Record<Locale, unknown>;

/** The heatmaps of the week, in their order. */
export const hourChartIds = ["hours-conversations", "hours-escalations", "hours-waits"] as const;
type HourChartId = (typeof hourChartIds)[number];

/** What a heatmap shows: a quotient of two numbers of an hour. */
interface HourMeasure {
  readonly metric: string;
  readonly unit: "count" | "ms";
  readonly product: "chatbot" | "workbench";
  readonly valueOf: (hour: WeekHour) => number | null;
  readonly countOf: (hour: WeekHour) => number;
  /** On how many conversations the greatest value rests at least: one long wait is not a busy hour. */
  readonly minCount: number;
}

const measures: Readonly<Record<HourChartId, HourMeasure>> = {
  "hours-conversations": {
    metric: "conversations_per_hour",
    unit: "count",
    product: "chatbot",
    valueOf: (hour) => hour.conversations_per_hour,
    countOf: (hour) => hour.conversations,
    minCount: 1,
  },
  "hours-escalations": {
    metric: "escalations_per_hour",
    unit: "count",
    product: "chatbot",
    valueOf: (hour) => hour.escalations_per_hour,
    countOf: (hour) => hour.escalations,
    minCount: 1,
  },
  "hours-waits": {
    metric: "avg_wait_ms",
    unit: "ms",
    product: "workbench",
    valueOf: (hour) => hour.avg_wait_ms,
    countOf: (hour) => hour.waits_known,
    minCount: 5,
  },
};

/** The name of a heatmap where the three stand under each other. */
export const hourChartName = (id: HourChartId, locale: Locale): string => words[locale][id].name;

/** Conversations, escalations and waits by weekday and hour: means, so that a fifth Monday looks like the others. */
export function chartsOfHours(context: ReportContext): ReportChart[] {
  return hourChartIds.map((id) => chartOf(id, context));
}

function chartOf(id: HourChartId, context: ReportContext): ReportChart {
  const { locale, material } = context;
  const own = words[locale];
  const { valueOf, countOf, metric, unit, product, minCount } = measures[id];
  const { hours } = material.hours;
  const weekdays = Array.from({ length: 7 }, (_, place) => weekdayName(place, locale, "short"));
  const format = (value: number): string =>
    unit === "ms" ? formatSpan(fractionOf(String(value)), locale) : numberText(value, locale);
  const few = hours.some((hour) => isFew(context, countOf(hour)));
  const greatest = hours
    .filter((hour) => valueOf(hour) !== null && countOf(hour) >= minCount)
    .toSorted((a, b) => (valueOf(b) ?? 0) - (valueOf(a) ?? 0))[0];
  const isEmpty = hours.every((hour) => countOf(hour) === 0);
  const isDrawn = !isEmpty && !few && hasReported(material, product);
  const at = (hour: number): WeekHour[] => hours.filter((one) => one.hour === hour);
  return {
    id,
    title: own[id].title,
    summary: summariseChart(context, { product, isEmpty, none: noneText(id, context), isFew: few }, () => {
      const said =
        greatest === undefined ? "" : own[id].most(nameOfHour(greatest, locale), format(valueOf(greatest) as number));
      return `${said}${sinceText(context)}${own.zone(material.reading.tenant.timezone)}`.trim();
    }),
    table: {
      dimension: "hour",
      columns: [own.hour, ...weekdays],
      metrics: weekdays.map((_, place) => ({ metric, unit, within: `weekday=${place + 1}` })),
      rows: !isDrawn
        ? []
        : Array.from({ length: 24 }, (_, hour) => [
            { text: clock(hour), key: String(hour) },
            ...at(hour).map((one) => {
              const value = valueOf(one);
              const text = value === null ? "—" : format(value);
              return { text, value, ...partsOf(one, countOf(one), unit), ...behind(one, id, context) };
            }),
          ]),
    },
    draw: isDrawn
      ? (width) =>
          drawHeatmap(
            {
              rows: weekdays,
              columns: Array.from({ length: 24 }, (_, hour) => String(hour)),
              cells: weekdays.map((_, place) => hours.slice(place * 24, place * 24 + 24).map(valueOf)),
              format,
              nameOf: (weekday, hour) => own.cell(weekdays[weekday] as string, clock(hour)),
            },
            width,
          )
      : null,
  };
}

/** The conversations that began in an hour; a shared copy has no lists. */
function behind({ weekday, hour, conversations }: WeekHour, id: HourChartId, context: ReportContext) {
  const { material, locale, least } = context;
  if (id !== "hours-conversations" || conversations === 0 || least !== null) return {};
  const at = { weekday: String(weekday), hour: String(hour) };
  return { href: linkTo("/report/sessions", { ...material.parameters, ...at, lang: locale }) };
}

/** What a mean was divided from, for CSV; a mean wait rests on its takeovers. */
function partsOf({ occurrences }: WeekHour, count: number, unit: HourMeasure["unit"]) {
  return unit === "ms" ? { numerator: null, denominator: count } : { numerator: count, denominator: occurrences };
}

function noneText(id: HourChartId, { material, texts, locale }: ReportContext): string {
  const own = words[locale];
  const { hours, reading } = material;
  const isUnknown = hours.counted_from === null && Number(reading.counters.total_sessions) > 0;
  if (isUnknown) return own.unknown;
  if (id === "hours-waits") return own.noWaits;
  return id === "hours-escalations" ? texts.chart.none.escalations : texts.chart.none.sessions;
}

/** That days at the beginning are not counted by hour, if that is so. */
function sinceText({ material, locale }: ReportContext): string {
  const { rulesSince } = material.reading.tenant;
  const { counted_from: from } = material.hours;
  return from !== null && from === rulesSince && from > material.reading.period.startDate
    ? words[locale].since(from)
    : "";
}

/** "Mondays from 09:00 to 10:00". */
export function nameOfHour({ weekday, hour }: HourOfWeek, locale: Locale): string {
  return words[locale].at(weekdayName(weekday - 1, locale, "long"), clock(hour), clock(hour + 1));
}

const clock = (hour: number): string => `${String(hour).padStart(2, "0")}:00`;

/** @param place 0 for Monday */
function weekdayName(place: number, locale: Locale, style: "short" | "long"): string {
  // 5 January 1970 was a Monday.
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: style }).format((4 + place) * 86_400_000);
}

function numberText(value: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
