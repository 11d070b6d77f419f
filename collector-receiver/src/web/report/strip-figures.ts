import type { Locale } from "../../metrics/format-metric.ts";
import { formatCount } from "../../metrics/format-metric.ts";
import { sampleText } from "./describe-figure.ts";
import { isFew } from "./report-context.ts";
import type { ReportContext } from "./report-context.ts";
import { allFiguresOf } from "./report-figures.ts";
import type { Figure, FigureGroup } from "./report-figures.ts";

/** The five figures of the first screen, in their order. */
export const stripKeys = [
  "total_sessions",
  "ai_resolution_rate",
  "avg_first_response_ms",
  "sla_met_rate",
  "estimated_cost_saved",
] as const;
type StripKey = (typeof stripKeys)[number];

/** True for a figure of the first screen. */
export const isInStrip = (key: string): boolean => (stripKeys as readonly string[]).includes(key);

const words = {
  en: {
    total_sessions: "Conversations",
    ai_resolution_rate: "Resolved by the AI",
    avg_first_response_ms: "Wait for a human",
    sla_met_rate: "Tickets within SLA",
    estimated_cost_saved: "Saved (estimate)",
    customers: (count: string) => `${count} ${count === "1" ? "customer" : "customers"}`,
    confirmed: (count: string) => `${count}\u00a0confirmed`,
    assumed: (count: string) => `${count}\u00a0assumed`,
    takeovers: (count: string) => `${count} ${count === "1" ? "takeover" : "takeovers"}`,
    known: (known: string, all: string) => `${known} of ${all} waits known`,
    within: (within: string, all: string) => `${within} of ${all} tickets`,
    resolved: (count: string) => `${count} ${count === "1" ? "conversation" : "conversations"} without an agent`,
    net: (net: string, spend: string) => `${net} after ${spend} for AI calls`,
    between: ", ",
  },
  "zh-CN": {
    total_sessions: "会话",
    ai_resolution_rate: "AI 解决",
    avg_first_response_ms: "等待人工",
    sla_met_rate: "工单 SLA 达标",
    estimated_cost_saved: "节省（估算）",
    customers: (count: string) => `${count} 位客户`,
    confirmed: (count: string) => `确认\u00a0${count}`,
    assumed: (count: string) => `推定\u00a0${count}`,
    takeovers: (count: string) => `接管 ${count} 次`,
    known: (known: string, all: string) => `接管 ${all} 次，其中 ${known} 次有等待时长`,
    within: (within: string, all: string) => `${all} 张工单中 ${within} 张达标`,
    resolved: (count: string) => `${count} 个会话无需人工`,
    net: (net: string, spend: string) => `扣除 AI 花费 ${spend} 后净省 ${net}`,
    between: "，",
  },
} as const satisfies Record<Locale, Record<StripKey, string> & Record<string, unknown>>;

/** Two parts of a figure, drawn as a bar. */
export interface StripParts {
  readonly confirmed: number;
  readonly assumed: number;
}

export interface StripFigure {
  readonly title: string;
  readonly figure: Figure;
  /** What it is made of, in few words; null if there is nothing to add. */
  readonly beside: string | null;
  /** What has to be known before quoting it; null in most cases. */
  readonly caution: string | null;
  readonly parts: StripParts | null;
}

/** What the first screen shows. */
export function stripFiguresOf(context: ReportContext, groups: readonly FigureGroup[]): StripFigure[] {
  const figures = new Map(groups.flatMap(allFiguresOf).map((figure) => [figure.key, figure]));
  const known = (key: string): Figure | undefined => {
    const figure = figures.get(key);
    return figure?.state === "known" ? figure : undefined;
  };
  return stripKeys.map((key) => {
    const figure = figures.get(key) as Figure;
    const parts = key === "ai_resolution_rate" && figure.state === "known" ? partsOf(context) : null;
    return {
      title: words[context.locale][key],
      figure,
      beside: figure.state === "known" ? besideOf(key, figure, known, parts, context) : null,
      caution: figure.state === "known" ? cautionOf(figure, context) : null,
      parts,
    };
  });
}

function partsOf(context: ReportContext): StripParts | null {
  const { ai_resolved_sessions: resolved, ai_resolved_assumed: assumed } = context.material.reading.counters;
  const parts = { confirmed: Number(resolved) - Number(assumed), assumed: Number(assumed) };
  return isFew(context, parts.confirmed) || isFew(context, parts.assumed) ? null : parts;
}

function besideOf(
  key: StripKey,
  { metric }: Figure,
  known: (key: string) => Figure | undefined,
  parts: StripParts | null,
  context: ReportContext,
): string | null {
  const own = words[context.locale];
  const count = (value: number | null): string => formatCount(value ?? 0, context.locale);
  switch (key) {
    case "total_sessions": {
      const customers = known("unique_customers")?.metric;
      return customers === undefined || customers.value === 0 ? null : own.customers(customers.formatted);
    }
    case "ai_resolution_rate":
      return parts === null
        ? null
        : own.confirmed(count(parts.confirmed)) + own.between + own.assumed(count(parts.assumed));
    case "avg_first_response_ms": {
      const all = known("first_takeovers")?.metric;
      if (all === undefined) return null;
      return metric.denominator === all.value
        ? own.takeovers(all.formatted)
        : own.known(count(metric.denominator), all.formatted);
    }
    case "sla_met_rate":
      return isFew(context, (metric.denominator ?? 0) - (metric.numerator ?? 0))
        ? null
        : own.within(count(metric.numerator), count(metric.denominator));
    case "estimated_cost_saved": {
      const net = known("net_saved")?.metric;
      const spend = known("ai_spend")?.metric;
      if (net !== undefined && spend !== undefined) return own.net(net.formatted, spend.formatted);
      const resolved = known("ai_resolved_sessions")?.metric;
      return resolved === undefined ? null : own.resolved(resolved.formatted);
    }
  }
}

/** What a rate is over the conversations that had time to end, or that it rests on few. */
function cautionOf(figure: Figure, context: ReportContext): string | null {
  const { metric } = figure;
  if (metric.low_sample && metric.denominator !== null) return sampleText(figure, context);
  const { ended } = metric;
  if (ended === undefined || ended.low_sample) return null;
  const isWithheld = isFew(context, ended.numerator ?? 0) || isFew(context, ended.denominator ?? 0);
  return isWithheld ? null : context.texts.ended(ended.formatted);
}
