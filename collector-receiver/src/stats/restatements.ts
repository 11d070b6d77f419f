/** What a settled month said, and says now. Pure. */
import { deriveMetric } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import { formatCount } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import { counterMetrics } from "../metrics/metric-dictionary.ts";
import { describeInstant, describeMonth } from "./describe-period.ts";
import { isKnown, unknownCounters } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";
import type { SettledMonth } from "./sql/read-settled-months.ts";

/**
 * Why a settled month says something else:
 * - `cost_changed`, `currency_changed`: its savings follow another cost of a manual session, or another currency
 * - `timezone_changed`, `idle_timeout_changed`, `definitions_changed`, `rules_changed`: it was counted anew
 * - `later_events`: events of the month, or of its conversations and tickets, came or happened later
 */
export const restatementReasons = [
  "cost_changed",
  "currency_changed",
  "timezone_changed",
  "idle_timeout_changed",
  "definitions_changed",
  "rules_changed",
  "later_events",
] as const;
export type RestatementReason = (typeof restatementReasons)[number];

/** A figure of a settled month that has changed. */
export interface Restatement {
  readonly metric: string;
  readonly name: string;
  /** What the month said when it was settled. */
  readonly was: MetricValue;
  readonly is: MetricValue;
  readonly reasons: RestatementReason[];
}

/** A settled month of which figures have changed. */
export interface RestatedMonth {
  /** `2025-12` */
  readonly month: string;
  /** Until when it is known to have said what it said: when it was found settled. */
  readonly settled_at: string;
  /** When its figures changed last. */
  readonly changed_at: string;
  readonly figures: Restatement[];
  /** All of it in a sentence. */
  readonly message: string;
}

/** The months of a period that say something else than when they were settled; those that do not are left out. */
export function restatementsOf(reading: PeriodReading, locale: Locale): RestatedMonth[] {
  return reading.settledMonths.flatMap((month) => {
    const figures = restatedFigures(month, reading, locale);
    if (figures.length === 0) return [];
    const { settledMs, changedMs } = month;
    return [
      {
        month: month.month,
        settled_at: new Date(settledMs).toISOString(),
        changed_at: new Date(changedMs ?? reading.nowMs).toISOString(),
        figures,
        message: messageOf(month, figures, reading, locale),
      },
    ];
  });
}

function restatedFigures(month: SettledMonth, reading: PeriodReading, locale: Locale): Restatement[] {
  const { currency } = reading.tenant;
  return counterMetrics.flatMap((metric) => {
    const valueIn = (counters: Counters, money: string): MetricValue =>
      deriveMetric(metric, isKnown(reading, metric) ? counters : unknownCounters(counters), locale, money);
    const [was, is] = [valueIn(month.said, month.currency ?? currency), valueIn(month.says, currency)];
    // A counter that the version of then did not have says nothing of what has changed.
    const wasUnknown = was.numerator === null;
    if (wasUnknown || was.value === is.value) return [];
    const name = locale === "zh-CN" ? metric.name.zh : metric.name.en;
    return [{ metric: metric.key, name, was, is, reasons: reasonsOf(month, metric.unit === "currency") }];
  });
}

function reasonsOf({ month, said, says, actions, hasOtherRules }: SettledMonth, isMoney: boolean): RestatementReason[] {
  const has = (setting: string): boolean => actions.some(({ change }) => change?.[setting] !== undefined);
  const recounts: RestatementReason[] = [
    ...(has("timezone") ? (["timezone_changed"] as const) : []),
    ...(has("idleTimeoutSeconds") ? (["idle_timeout_changed"] as const) : []),
    ...(actions.some(({ action }) => action === "definitions") ? (["definitions_changed"] as const) : []),
    ...(hasOtherRules ? (["rules_changed"] as const) : []),
  ];
  const counted = recounts.length > 0 ? recounts : (["later_events"] as const);
  if (!isMoney) return [...counted];
  const prices: RestatementReason[] = [
    ...(actions.some(({ change }) => isCostOf(change?.["cost"], month)) ? (["cost_changed"] as const) : []),
    ...(has("currency") ? (["currency_changed"] as const) : []),
  ];
  const resolvedAlike = said.ai_resolved_sessions === says.ai_resolved_sessions;
  return prices.length > 0 && resolvedAlike ? prices : [...prices, ...counted];
}

/** A cost that is valid on a day of the month. */
function isCostOf(cost: unknown, month: string): boolean {
  return typeof cost === "object" && cost !== null && "from" in cost && String(cost.from).slice(0, 7) <= month;
}

/** Figures that the sentence names before all others. */
const namedFirst = [
  "total_sessions",
  "ai_resolved_sessions",
  "ai_resolution_rate",
  "estimated_cost_saved",
  "tickets_resolved",
  "sla_met_rate",
];
/** More are counted, not named. */
const maxNamed = 6;

const reasonTexts: Readonly<Record<RestatementReason, Readonly<Record<Locale, string>>>> = {
  cost_changed: { "zh-CN": "单次人工成本已更改", en: "the cost of a manual session was changed" },
  currency_changed: { "zh-CN": "货币已更改", en: "the currency was changed" },
  timezone_changed: { "zh-CN": "时区已更改", en: "the timezone was changed" },
  idle_timeout_changed: { "zh-CN": "静默超时已更改", en: "the idle timeout was changed" },
  definitions_changed: { "zh-CN": "自有定义已更改", en: "the product's own definitions were changed" },
  rules_changed: { "zh-CN": "已按新的计数规则重新计算", en: "it was counted anew by other rules" },
  later_events: { "zh-CN": "之后又有事件到达", en: "later events" },
};

function messageOf(
  { month, settledMs, changedMs }: SettledMonth,
  figures: readonly Restatement[],
  { tenant: { timezone }, nowMs }: PeriodReading,
  locale: Locale,
): string {
  const rank = ({ metric }: Restatement): number =>
    (namedFirst.indexOf(metric) + namedFirst.length + 1) % (namedFirst.length + 1);
  const named = figures.toSorted((a, b) => rank(a) - rank(b)).slice(0, maxNamed);
  const changes = named.map(({ name, was, is }) => `${name} ${was.formatted} → ${is.formatted}`);
  const rest = figures.length - named.length;
  const found = new Set(figures.flatMap((figure) => figure.reasons));
  const reasons = restatementReasons.filter((reason) => found.has(reason)).map((reason) => reasonTexts[reason][locale]);
  const [settled, changed] = [settledMs, changedMs ?? nowMs].map((ms) => describeInstant(ms, timezone, locale));
  const name = describeMonth(month, locale);
  if (locale === "zh-CN") {
    const more = rest === 0 ? "" : `，另有 ${formatCount(rest, locale)} 项指标`;
    return `${name}的数字于 ${settled} 已成定局，之后有更正（最近一次 ${changed}）：${changes.join("，")}${more}。原因：${reasons.join("；")}。`;
  }
  const more = rest === 0 ? "" : `, and ${formatCount(rest, locale)} more`;
  return `${name} was final on ${settled} and has been restated since, last on ${changed}: ${changes.join(", ")}${more}. Reason: ${reasons.join("; ")}.`;
}
