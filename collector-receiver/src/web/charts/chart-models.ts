import { add, fractionOf, roundHalfUp, toNumber } from "../../metrics/exact-fraction.ts";
import { formatMetric } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { describeBound, periodUse } from "../../stats/ai-metrics.ts";
import { gapsOf, spendOf } from "../../stats/ai-reading.ts";
import { noAiUse } from "../../stats/sql/read-ai-spend.ts";
import type { AiModelUse, AiUse } from "../../stats/sql/read-ai-spend.ts";
import { countText, isFew } from "../report/report-context.ts";
import type { ReportContext } from "../report/report-context.ts";
import { drawBars, maxBars } from "./draw-bars.ts";
import { measuredBy } from "./report-chart.ts";
import type { ChartCell, ReportChart } from "./report-chart.ts";

const words = {
  en: {
    title: "Calls by model",
    summary: (calls: string, first: string, spend: string) =>
      `${calls} calls of models; most of ${first}. AI spend: ${spend}.`,
    columns: ["Model", "Calls", "Failed", "Input tokens", "From a cache", "Output tokens", "AI spend"],
    calls: "Calls",
    noPrice: "no price",
    others: (count: string) => `${count} more`,
    notKnown: "not known",
  },
  "zh-CN": {
    title: "各模型的调用",
    summary: (calls: string, first: string, spend: string) =>
      `共调用模型 ${calls} 次，最多的是 ${first}。AI 花费：${spend}。`,
    columns: ["模型", "调用", "失败", "输入 Token", "命中缓存", "输出 Token", "AI 花费"],
    calls: "调用次数",
    noPrice: "无价格",
    others: (count: string) => `另外 ${count} 个`,
    notKnown: "未知",
  },
} as const satisfies Record<Locale, unknown>;

interface ModelRow {
  readonly label: string;
  /** The same in every language. */
  readonly key: string;
  readonly use: AiUse;
  readonly isRest: boolean;
}

/** Calls, tokens and spend by model; null for a period without calls. */
export function chartModels(context: ReportContext): ReportChart | null {
  const { locale, material, texts } = context;
  const { ai } = material.reading;
  const whole = periodUse(material.reading);
  if (ai === null || whole.calls === 0) return null;
  const own = words[locale];
  const rows = rowsOf(context, ai.models);
  const first = rows[0];
  const few = isFew(context, whole.calls) || first?.isRest === true;
  const count = (value: number | string): string => countText(Number(value), locale);
  return {
    id: "models",
    title: own.title,
    summary:
      few || first === undefined
        ? texts.chart.withheld(context.least ?? 0)
        : own.summary(count(whole.calls), first.label, spendText(whole, context) ?? own.notKnown),
    table: {
      dimension: "model",
      metrics: measuredBy([
        "ai_calls",
        "ai_failed_calls",
        "ai_input_tokens",
        "ai_cached_input_tokens",
        "ai_output_tokens",
        "ai_spend",
      ]),
      columns: own.columns,
      rows: few ? [] : rows.map((row) => [{ text: row.label, key: row.key }, ...cellsOf(row.use, context)]),
    },
    draw:
      few || first === undefined
        ? null
        : (width, idPrefix) =>
            drawBars(
              rows.map(({ label, use, isRest }) => ({
                label,
                value: use.calls,
                formatted: `${count(use.calls)} · ${spendText(use, context) ?? own.noPrice}`,
                look: isRest ? 2 : 1,
              })),
              own.calls,
              width,
              idPrefix,
            ),
  };
}

function cellsOf(use: AiUse, context: ReportContext): ChartCell[] {
  const input = BigInt(use.uncached) + BigInt(use.cacheRead) + BigInt(use.cacheWrite);
  const cell = (value: number): ChartCell => ({ text: countText(value, context.locale), value });
  const spend = spendOf(use);
  return [
    cell(use.calls),
    cell(use.failed),
    cell(Number(input)),
    cell(Number(use.cacheRead)),
    cell(Number(use.output)),
    {
      text: spendText(use, context) ?? words[context.locale].noPrice,
      value: spend === null ? null : toNumber(fractionOf(spend)),
    },
  ];
}

/** "¥12.30", "at least ¥12.30"; null if nothing of it has a price. */
function spendText(use: AiUse, { locale, material }: ReportContext): string | null {
  const spend = spendOf(use);
  if (spend === null) return null;
  const display = { style: "currency", digits: 0 } as const;
  const text = formatMetric(fractionOf(spend), "currency", display, locale, material.reading.tenant.currency);
  return gapsOf(use).size === 0 ? text : describeBound("at_least", text, locale);
}

/** The most called models; what a shared copy does not show by itself, and what is beyond the bars, is one row. */
function rowsOf(context: ReportContext, models: readonly AiModelUse[]): ModelRow[] {
  const shown = models.filter(({ calls }, place) => place < maxBars && !isFew(context, calls));
  let rest = models.filter((model) => !shown.includes(model));
  // A rest that is few would give away the one model in it.
  while (shown.length > 0 && isFew(context, sumOf(rest).calls)) rest = [shown.pop() as AiModelUse, ...rest];
  const named = shown.map(({ provider, model, serviceTier, ...use }) => ({
    label: [provider, model, serviceTier].filter((word) => word !== "").join(" · "),
    key: [provider, model, serviceTier].join("/"),
    use,
    isRest: false,
  }));
  if (rest.length === 0) return named;
  const label = words[context.locale].others(countText(rest.length, context.locale));
  return [...named, { label, key: `${rest.length} more`, use: sumOf(rest), isRest: true }];
}

function sumOf(models: readonly AiUse[]): AiUse {
  return models.reduce<AiUse>(
    (sum, use) => {
      const tokens = (key: "uncached" | "cacheRead" | "cacheWrite" | "output" | "unpriced"): string =>
        String(BigInt(sum[key]) + BigInt(use[key]));
      return {
        calls: sum.calls + use.calls,
        failed: sum.failed + use.failed,
        withoutUsage: sum.withoutUsage + use.withoutUsage,
        withoutSession: sum.withoutSession + use.withoutSession,
        unclear: sum.unclear + use.unclear,
        sampled: sum.sampled + use.sampled,
        uncached: tokens("uncached"),
        cacheRead: tokens("cacheRead"),
        cacheWrite: tokens("cacheWrite"),
        output: tokens("output"),
        spend: addSpend(sum.spend, use.spend),
        unpriced: tokens("unpriced"),
      };
    },
    { ...noAiUse, spend: null },
  );
}

/** Adds exactly, as long as prices have at most twelve decimals. */
function addSpend(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return roundHalfUp(add(fractionOf(a), fractionOf(b)), 18);
}
