import { LineInterpolation } from "@grafana/grafana-foundation-sdk/common";
import type { BoardContext } from "../board-context.ts";
import { figurePanel } from "../panels/figure-panels.ts";
import { daySeriesPanel, monthBarsPanel } from "../panels/series-panels.ts";
import { introductionPanel } from "../panels/table-panels.ts";
import { boardAnnotations } from "./board-annotations.ts";
import type { Board } from "./compose-board.ts";

/** For managers: the figures of the case study, and how the year went. */
export function overviewBoard(context: BoardContext): Board {
  return {
    name: "overview",
    description: {
      en: "The figures of the case study over any range of business days, for managers.",
      zh: "面向管理者：任意业务日范围内的商业案例指标。",
    },
    introduction: introductionPanel(context, {
      en: "Everything here is read from the counters of business days, weeks and months: the same numbers as the report and the API give. Point at the **i** of a panel for its formula and denominator; its link leads to the next level. Until the SDK of a product has reported, its figures are —.",
      zh: "本页全部读自按业务日、周、月维护的计数器，与报告和 API 的数字一致。将鼠标移到面板的 **i** 上可查看公式和分母；面板链接通向下一层。产品从未上报时显示 —。",
    }),
    annotations: boardAnnotations(context),
    rows: [
      {
        title: { en: "AI chatbot", zh: "AI 客服" },
        panels: [
          figurePanel(context, "total_sessions", 4, "ai-chatbot"),
          figurePanel(context, "ai_resolution_rate", 4, "ai-chatbot"),
          figurePanel(context, "avg_response_time_ms", 4, "ai-chatbot"),
          figurePanel(context, "estimated_cost_saved", 4, "ai-chatbot"),
          figurePanel(context, "order_query_success_rate", 4, "ai-chatbot"),
          figurePanel(context, "tracking_query_success_rate", 4, "ai-chatbot"),
        ],
      },
      {
        title: { en: "Agent workbench and tickets", zh: "坐席工作台与工单" },
        panels: [
          figurePanel(context, "sessions_handled", 4, "agent-workbench"),
          figurePanel(context, "avg_first_response_ms", 4, "agent-workbench"),
          figurePanel(context, "avg_handle_time_sec", 4, "agent-workbench"),
          figurePanel(context, "tickets_resolved", 4, "tickets"),
          figurePanel(context, "avg_resolution_hours", 4, "tickets"),
          figurePanel(context, "sla_met_rate", 4, "tickets"),
        ],
      },
      {
        title: { en: "By business day", zh: "按业务日" },
        panels: [
          daySeriesPanel(context, {
            title: { en: "Sessions and what the AI resolved", zh: "会话与 AI 解决" },
            metrics: ["total_sessions", "ai_resolved_sessions", "escalated_sessions"],
            width: 12,
            next: "ai-chatbot",
            style: "bars",
          }),
          daySeriesPanel(context, {
            title: { en: "Resolution and escalation rate", zh: "解决率与转人工率" },
            metrics: ["ai_resolution_rate", "escalation_rate"],
            width: 12,
            next: "ai-chatbot",
          }).lineInterpolation(LineInterpolation.Linear),
        ],
      },
      {
        title: { en: "Thirteen months", zh: "近十三个月" },
        panels: [
          monthBarsPanel(context, {
            title: { en: "Customers served", zh: "服务客户数" },
            metrics: ["total_sessions", "ai_resolved_sessions"],
            width: 8,
            next: "ai-chatbot",
          }),
          monthBarsPanel(context, {
            title: { en: "Cost saved (estimate)", zh: "成本节省（估算）" },
            metrics: ["estimated_cost_saved"],
            width: 8,
            next: "ai-chatbot",
          }),
          monthBarsPanel(context, {
            title: { en: "Tickets", zh: "工单" },
            metrics: ["tickets_created", "tickets_resolved"],
            width: 8,
            next: "tickets",
          }),
        ],
      },
    ],
  };
}
