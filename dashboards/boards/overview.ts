import { LineInterpolation } from "@grafana/grafana-foundation-sdk/common";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import type { BoardContext } from "../board-context.ts";
import { figurePanel } from "../panels/figure-panels.ts";
import { hourPanel } from "../panels/hour-panel.ts";
import type { NextLevel } from "../panels/link-levels.ts";
import { daySeriesPanel, monthBarsPanel, sparklinePanel } from "../panels/series-panels.ts";
import { introductionPanel } from "../panels/table-panels.ts";
import { boardAnnotations } from "./board-annotations.ts";
import { outcomesPanel } from "./outcomes-panel.ts";
import type { Board } from "./compose-board.ts";

interface StripFigure {
  readonly key: string;
  readonly width: number;
  readonly title: LocalText;
  readonly next: NextLevel;
}

/** The five figures of the report's first screen, in its order. */
const strip: readonly StripFigure[] = [
  { key: "total_sessions", width: 5, title: { en: "Conversations", zh: "会话" }, next: "ai-chatbot" },
  { key: "ai_resolution_rate", width: 5, title: { en: "Resolved by the AI", zh: "AI 解决" }, next: "ai-chatbot" },
  {
    key: "avg_first_response_ms",
    width: 5,
    title: { en: "Wait for a human", zh: "等待人工" },
    next: "agent-workbench",
  },
  { key: "sla_met_rate", width: 5, title: { en: "Tickets within SLA", zh: "SLA 内的工单" }, next: "tickets" },
  { key: "estimated_cost_saved", width: 4, title: { en: "Saved", zh: "节省" }, next: "ai-chatbot" },
];

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
        title: { en: "At a glance", zh: "一览" },
        panels: [
          ...strip.map(({ key, width, title, next }) => figurePanel(context, key, width, next, title)),
          ...strip.map(({ key, width, next }) => sparklinePanel(context, key, width, next)),
        ],
      },
      {
        title: { en: "Outcomes", zh: "会话结果" },
        panels: [
          outcomesPanel(context, 24),
          hourPanel(context, 24, "ai-chatbot"),
          daySeriesPanel(context, {
            title: { en: "Resolution and escalation rate", zh: "解决率与转人工率" },
            metrics: ["ai_resolution_rate", "escalation_rate"],
            width: 24,
            next: "ai-chatbot",
          }).lineInterpolation(LineInterpolation.Linear),
        ],
      },
      {
        title: { en: "AI chatbot", zh: "AI 客服" },
        panels: [
          figurePanel(context, "avg_response_time_ms", 6, "ai-chatbot"),
          figurePanel(context, "order_query_success_rate", 6, "ai-chatbot"),
          figurePanel(context, "tracking_query_success_rate", 6, "ai-chatbot"),
          figurePanel(context, "escalation_rate", 6, "ai-chatbot"),
        ],
      },
      {
        title: { en: "Agent workbench and tickets", zh: "坐席工作台与工单" },
        panels: [
          figurePanel(context, "sessions_handled", 6, "agent-workbench"),
          figurePanel(context, "avg_handle_time_sec", 6, "agent-workbench"),
          figurePanel(context, "tickets_resolved", 6, "tickets"),
          figurePanel(context, "avg_resolution_hours", 6, "tickets"),
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
