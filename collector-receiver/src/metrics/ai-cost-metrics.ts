import type { LocalText } from "../catalogue/local-text.ts";
import type { CounterSum, MetricDefinition, MetricPresentation, PeerDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";

/**
 * Metrics of calls of models, and of what is left of the savings after them. The numbers that they are made of:
 */
export const aiCostTerms = [
  "ai_calls",
  "ai_failed_calls",
  "ai_calls_without_usage",
  "ai_calls_without_session",
  "ai_uncached_tokens",
  "ai_cache_read_tokens",
  "ai_cache_write_tokens",
  "ai_output_tokens",
  "ai_spend",
  "total_sessions",
  "ai_resolved_sessions",
  "estimated_cost_saved",
] as const;
export type AiCostTerm = (typeof aiCostTerms)[number];

/** The terms of one period as decimal text; null if a term is not known. */
export type AiCostCounts = Readonly<Record<AiCostTerm, string | null>>;

/** What keeps a number from being all of it. */
export type AiGap = "sampled" | "without_usage" | "unpriced";

/** A value that is a bound as long as some of these gaps are there. */
interface AiBound {
  readonly as: "at_least" | "at_most";
  readonly by: readonly AiGap[];
}

interface AiCostBase extends MetricPresentation {
  readonly key: string;
  readonly group: "ai_calls";
  readonly name: LocalText;
  readonly meaning: LocalText;
  readonly cohort: MetricDefinition["cohort"];
  readonly edgeCases?: LocalText;
  readonly peer?: PeerDefinition;
  readonly definitionVersion: number;
  readonly since: string;
  readonly numerator: CounterSum<AiCostTerm>;
  readonly bound?: AiBound;
}
interface AiCostSum extends AiCostBase {
  readonly kind: "sum";
}
interface AiCostRatio extends AiCostBase {
  readonly kind: "ratio";
  readonly denominator: CounterSum<AiCostTerm>;
  readonly factor: number;
  readonly divisor?: number;
}
export type AiCostMetric = AiCostSum | AiCostRatio;

const common = { group: "ai_calls", cohort: "event_time", definitionVersion: 1, since: "0.3.0" } as const;
const calls = { ...common, ...counted, bound: { as: "at_least", by: ["sampled"] } } as const;
const tokens = { ...common, ...counted, bound: { as: "at_least", by: ["sampled", "without_usage"] } } as const;
const every = ["sampled", "without_usage", "unpriced"] as const;
const money = {
  ...common,
  kind: "sum",
  unit: "currency",
  display: { style: "currency", digits: 0 },
  bound: { as: "at_least", by: every },
} as const;
/** Of conversations: their saving counts on the day on which they started. */
const ofSavings = { ...money, cohort: "session_start" } as const;

const spendGaps: LocalText = {
  en: "Tokens without a price, calls that do not tell what they used and calls that a sampler left out are not in it: then it is at least so much. Without any price it is not known.",
  zh: "没有价格的 Token、未说明用量的调用和被采样丢弃的调用不计入，此时数值为“至少”。没有任何价格时未知。",
};
const mixedDays: LocalText = {
  en: "Spend counts on the day of the call, the rest on the day on which the conversation started.",
  zh: "花费计入调用当日，其余计入会话开始当日。",
};

/** What calls of models used and cost. */
export const aiCostMetrics: readonly AiCostMetric[] = [
  {
    ...calls,
    key: "ai_calls",
    numerator: { add: ["ai_calls"] },
    name: { en: "Calls of models", zh: "模型调用数" },
    meaning: {
      en: "ai.call events, recorded or made of spans; failed ones included.",
      zh: "ai.call 事件数，含直接记录和由 span 转换的，包括失败的调用。",
    },
  },
  {
    ...money,
    key: "ai_spend",
    numerator: { add: ["ai_spend"] },
    name: { en: "AI spend", zh: "AI 花费" },
    meaning: {
      en: "Tokens of each day by the price of that day (`spanledger prices`), added exactly and rounded once.",
      zh: "每日 Token 数乘以当日价格（`spanledger prices`），精确相加，只舍入一次。",
    },
    edgeCases: spendGaps,
  },
  {
    ...ofSavings,
    key: "net_saved",
    numerator: { add: ["estimated_cost_saved"], subtract: ["ai_spend"] },
    estimate: true,
    bound: { as: "at_most", by: every },
    name: { en: "Net saved", zh: "净节省" },
    meaning: {
      en: "Estimated cost saved less the AI spend. Negative if the models cost more than they saved.",
      zh: "估算节省的成本减去 AI 花费。模型花费超过节省时为负。",
    },
    edgeCases: mixedDays,
  },
  {
    ...ofSavings,
    kind: "ratio",
    key: "ai_return",
    unit: "ratio",
    display: { style: "number", digits: 1 },
    numerator: { add: ["estimated_cost_saved"] },
    denominator: { add: ["ai_spend"] },
    factor: 1,
    estimate: true,
    bound: { as: "at_most", by: every },
    name: { en: "Return on AI spend", zh: "AI 花费回报" },
    meaning: {
      en: "Estimated cost saved for each unit of money that was spent.",
      zh: "每花费一个货币单位估算节省的成本。",
    },
    edgeCases: mixedDays,
  },
  {
    ...money,
    kind: "ratio",
    key: "ai_spend_per_session",
    display: { style: "currency", digits: 4 },
    numerator: { add: ["ai_spend"] },
    denominator: { add: ["total_sessions"] },
    factor: 1,
    name: { en: "AI spend per conversation", zh: "每会话 AI 花费" },
    meaning: {
      en: "All AI spend over the conversations that started in the period.",
      zh: "全部 AI 花费除以周期内开始的会话数。",
    },
    edgeCases: spendGaps,
  },
  {
    ...ofSavings,
    kind: "ratio",
    key: "ai_spend_per_ai_resolved_session",
    display: { style: "currency", digits: 4 },
    numerator: { add: ["ai_spend"] },
    denominator: { add: ["ai_resolved_sessions"] },
    factor: 1,
    name: { en: "AI spend per AI-resolved conversation", zh: "每个 AI 解决会话的花费" },
    meaning: {
      en: "All AI spend, that of other conversations and of none included, over the conversations that the AI resolved.",
      zh: "全部 AI 花费（含其他会话和无会话的调用）除以 AI 解决的会话数。",
    },
    edgeCases: mixedDays,
  },
  {
    ...tokens,
    key: "ai_input_tokens",
    numerator: { add: ["ai_uncached_tokens", "ai_cache_read_tokens", "ai_cache_write_tokens"] },
    name: { en: "Input tokens", zh: "输入 Token" },
    meaning: {
      en: "All input tokens, those read from and written to a cache included.",
      zh: "全部输入 Token，包含命中缓存和写入缓存的部分。",
    },
  },
  {
    ...tokens,
    key: "ai_cached_input_tokens",
    numerator: { add: ["ai_cache_read_tokens"] },
    name: { en: "Input tokens from a cache", zh: "命中缓存的输入 Token" },
    meaning: { en: "Of the input tokens, those read from a cache.", zh: "输入 Token 中命中缓存的部分。" },
  },
  {
    ...tokens,
    key: "ai_cache_write_tokens",
    numerator: { add: ["ai_cache_write_tokens"] },
    name: { en: "Input tokens written to a cache", zh: "写入缓存的输入 Token" },
    meaning: { en: "Of the input tokens, those written to a cache.", zh: "输入 Token 中写入缓存的部分。" },
  },
  {
    ...tokens,
    key: "ai_output_tokens",
    numerator: { add: ["ai_output_tokens"] },
    name: { en: "Output tokens", zh: "输出 Token" },
    meaning: { en: "Tokens of answers, reasoning included.", zh: "回答的 Token，包含推理部分。" },
  },
  {
    ...calls,
    key: "ai_failed_calls",
    numerator: { add: ["ai_failed_calls"] },
    name: { en: "Failed calls of models", zh: "失败的模型调用" },
    meaning: { en: "Calls with an error.", zh: "出错的调用。" },
  },
  {
    ...common,
    ...rate,
    key: "ai_call_error_rate",
    numerator: { add: ["ai_failed_calls"] },
    denominator: { add: ["ai_calls"] },
    name: { en: "Error rate of calls", zh: "模型调用错误率" },
    meaning: { en: "Failed calls over all calls of models.", zh: "失败的调用除以全部模型调用。" },
  },
  {
    ...calls,
    key: "ai_calls_without_usage",
    numerator: { add: ["ai_calls_without_usage"] },
    name: { en: "Calls without usage", zh: "未说明用量的调用" },
    meaning: {
      en: "Calls that did not fail and do not tell how many tokens they used.",
      zh: "未失败但没有说明 Token 用量的调用。",
    },
  },
  {
    ...calls,
    key: "ai_calls_without_session",
    numerator: { add: ["ai_calls_without_session"] },
    name: { en: "Calls of no conversation", zh: "不属于会话的调用" },
    meaning: {
      en: "Calls without a session_id. What they cost counts all the same.",
      zh: "没有 session_id 的调用，其花费照常计入。",
    },
  },
];

const byKey: ReadonlyMap<string, AiCostMetric> = new Map(aiCostMetrics.map((metric) => [metric.key, metric]));

/** The metric of that key, or undefined. */
export function findAiCostMetric(key: string): AiCostMetric | undefined {
  return byKey.get(key);
}
