/** What a reader has to know before quoting what calls of models cost. */
import { countNoun } from "../metrics/count-noun.ts";
import { formatCount } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { periodUse } from "./ai-metrics.ts";
import type { PeriodReading } from "./read-period.ts";

export type AiNoteCode = "ai_tokens_unpriced" | "ai_calls_without_usage" | "ai_calls_sampled" | "ai_cache_unclear";

interface AiNote {
  readonly code: AiNoteCode;
  readonly message: string;
  /** Calls that it is about; tokens for `ai_tokens_unpriced`. */
  readonly count: number;
}

const texts: Readonly<
  Record<Exclude<AiNoteCode, "ai_tokens_unpriced">, Readonly<Record<Locale, (count: string) => string>>>
> = {
  ai_calls_without_usage: {
    "zh-CN": (count) => `${count} 次模型调用没有说明 Token 用量，不在 AI 花费中。`,
    en: (count) =>
      `${countNoun(count, "call does", "calls do")} not tell how many tokens they used; the AI spend leaves them out.`,
  },
  ai_calls_sampled: {
    "zh-CN": (count) => `${count} 次模型调用来自被采样的 trace：实际调用、Token 和花费只会更多。`,
    en: (count) =>
      `${countNoun(count, "call comes", "calls come")} from traces that were sampled: calls, tokens and spend are at least what is shown.`,
  },
  ai_cache_unclear: {
    "zh-CN": (count) => `${count} 次模型调用未说明输入是否包含缓存部分，花费按包含计算。`,
    en: (count) =>
      `${countNoun(count, "call does", "calls do")} not tell whether the input includes the cache; the AI spend takes it that it does.`,
  },
};

const maxNames = 3;

/** What has no price is named. */
function unpricedText(names: readonly string[], tokens: string, locale: Locale): string {
  const more = names.length - maxNames;
  const first = names.slice(0, maxNames);
  return locale === "zh-CN"
    ? `${first.join("、")}${more > 0 ? `等 ${names.length} 个模型` : ""}没有价格：${tokens} 个 Token 不在 AI 花费中。请用 spanledger prices set 设置。`
    : `There is no price for ${first.join(", ")}${more > 0 ? ` and ${more} more` : ""}: ${tokens} tokens are not in the AI spend. Set it with spanledger prices set.`;
}

export function aiNotesOf(reading: PeriodReading, locale: Locale): AiNote[] {
  const use = periodUse(reading);
  const notes: AiNote[] = [];
  if (use.unpriced !== "0") {
    const names = (reading.ai?.unpricedModels ?? []).map(({ model, provider }) => model || provider || "unknown");
    const message = unpricedText([...new Set(names)], formatCount(use.unpriced, locale), locale);
    notes.push({ code: "ai_tokens_unpriced", message, count: Number(use.unpriced) });
  }
  const counts = {
    ai_calls_without_usage: use.withoutUsage,
    ai_calls_sampled: use.sampled,
    ai_cache_unclear: use.unclear,
  } as const;
  for (const [code, count] of Object.entries(counts) as [keyof typeof counts, number][]) {
    if (count > 0) notes.push({ code, message: texts[code][locale](formatCount(count, locale)), count });
  }
  return notes;
}
