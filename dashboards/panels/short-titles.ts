import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";

/** Titles of metrics whose name does not fit a panel of a quarter of 1,280 pixels. The panel's description has the whole name. */
export const shortTitles: Readonly<Record<string, LocalText>> = {
  ai_resolved_idle: { en: "AI resolutions by silence", zh: "超时自动结束的 AI 解决" },
  outcome_escalated_untaken: { en: "Outcome: never taken over", zh: "结果：转人工后无人接管" },
  csat_escalated_untaken_rate: { en: "CSAT: never taken over", zh: "满意度：转人工后无人接管" },
  ai_spend_per_ai_resolved_session: { en: "Spend, AI-resolved", zh: "AI 解决会话花费" },
  first_waits_known: { en: "First responses: wait known", zh: "等待时长已知的首次响应" },
  avg_first_response_ms: { en: "Average first response", zh: "平均首次响应" },
  plan_avg_first_response_ms: { en: "First response (plan)", zh: "平均首次响应（计划公式）" },
  handles_known: { en: "Handle times known", zh: "处理时长已知的释放和转接" },
  plan_avg_handle_time_sec: { en: "Handle time (plan)", zh: "平均处理时长（计划公式）" },
  plan_ticket_resolution_rate: { en: "Closed ÷ created (plan)", zh: "关闭 ÷ 创建（计划公式）" },
  plan_avg_resolution_hours: { en: "Resolution time (plan)", zh: "平均解决时长（计划公式）" },
};
