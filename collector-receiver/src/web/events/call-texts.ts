import type { Locale } from "../../metrics/format-metric.ts";
import type { CallList } from "../../stats/lists/call-lists.ts";

interface CallTexts {
  readonly lists: Readonly<Record<CallList, string>>;
  /** The link from a figure to its calls. */
  readonly behind: string;
  /** What the rows of the lists are. */
  readonly calls: string;
  readonly provider: string;
  readonly model: string;
  readonly serviceTier: string;
  readonly uncached: string;
  readonly cacheRead: string;
  readonly cacheWrite: string;
  readonly output: string;
  readonly tokens: string;
  readonly duration: string;
  readonly firstToken: string;
  readonly result: string;
  readonly failed: string;
  readonly withoutUsage: string;
  readonly cost: string;
  readonly unpriced: string;
  readonly noPrice: string;
  readonly spendOf: (spend: string) => string;
  readonly onlyByTime: (limit: string) => string;
}

export const callTexts: Readonly<Record<Locale, CallTexts>> = {
  en: {
    lists: {
      ai_calls: "Calls of models",
      ai_failed_calls: "Failed",
      ai_calls_without_usage: "Without usage",
      ai_calls_without_session: "Of no conversation",
      ai_calls_unpriced: "Without a price",
    },
    behind: "View calls",
    calls: "Calls of models",
    provider: "Provider",
    model: "Model",
    serviceTier: "Service tier",
    uncached: "Uncached input",
    cacheRead: "Cache read",
    cacheWrite: "Cache write",
    output: "Output",
    tokens: "All tokens",
    duration: "Duration",
    firstToken: "First token",
    result: "Result",
    failed: "failed",
    withoutUsage: "no usage",
    cost: "Cost",
    unpriced: "Tokens without a price",
    noPrice: "no price",
    spendOf: (spend) => `AI spend of the period: ${spend}`,
    onlyByTime: (limit) =>
      `There are more than ${limit} calls in this period: they are listed in the order of their time. Choose a shorter period to sort by something else.`,
  },
  "zh-CN": {
    lists: {
      ai_calls: "模型调用",
      ai_failed_calls: "失败的调用",
      ai_calls_without_usage: "未说明用量的调用",
      ai_calls_without_session: "不属于会话的调用",
      ai_calls_unpriced: "没有价格的调用",
    },
    behind: "查看调用",
    calls: "模型调用",
    provider: "提供商",
    model: "模型",
    serviceTier: "服务等级",
    uncached: "未缓存输入",
    cacheRead: "命中缓存",
    cacheWrite: "写入缓存",
    output: "输出",
    tokens: "全部 Token",
    duration: "耗时",
    firstToken: "首个 Token",
    result: "结果",
    failed: "失败",
    withoutUsage: "未说明用量",
    cost: "花费",
    unpriced: "没有价格的 Token",
    noPrice: "无价格",
    spendOf: (spend) => `本期 AI 花费：${spend}`,
    onlyByTime: (limit) => `本期模型调用超过 ${limit} 次，仅按时间排列。请选择更短的周期再按其他列排序。`,
  },
};
