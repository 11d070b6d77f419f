import type { Locale } from "../metrics/format-metric.ts";

/** What every document says of a product that has never sent an event. */
export const neverReported: Readonly<
  Record<"chatbot_never_reported" | "workbench_never_reported", Readonly<Record<Locale, () => string>>>
> = {
  chatbot_never_reported: {
    "zh-CN": () => "AI 客服从未上报过数据，其数字未知（不是 0）。",
    en: () => "The AI chatbot has never reported: its figures are unknown, not 0.",
  },
  workbench_never_reported: {
    "zh-CN": () => "坐席工作台从未上报过数据，其数字未知（不是 0）。",
    en: () => "The agent workbench has never reported: its figures are unknown, not 0.",
  },
};
