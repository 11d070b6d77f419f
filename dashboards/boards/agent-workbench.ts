import { addRemainingFigures } from "./add-remaining-figures.ts";
import type { BoardContext } from "../board-context.ts";
import { figurePanel, quantileFigurePanel } from "../panels/figure-panels.ts";
import { operationFigurePanel, operationSeriesPanel } from "../panels/operation-panels.ts";
import { daySeriesPanel, quantileSeriesPanel } from "../panels/series-panels.ts";
import { introductionPanel } from "../panels/table-panels.ts";
import type { Board } from "./compose-board.ts";
import { boardAnnotations } from "./board-annotations.ts";

/** What the human agents did, all together. */
export function workbenchBoard(context: BoardContext): Board {
  return {
    name: "agent-workbench",
    description: { en: "Takeovers, waits and handling of all agents together.", zh: "全体坐席的接管、等待与处理。" },
    introduction: introductionPanel(context, {
      en: "Figures of the workbench are flows: each event counts on the day on which it happened, so that a session taken over before midnight may be released on the next day. Each panel leads to the agents one by one.",
      zh: "工作台指标为流量口径：事件计入发生当日，跨午夜的会话可能今日接管、次日释放。各面板链接到坐席明细。",
    }),
    annotations: boardAnnotations(context),
    rows: addRemainingFigures(
      context,
      "agent_workbench",
      [
        {
          title: { en: "Sessions", zh: "会话" },
          panels: [
            figurePanel(context, "sessions_handled", 6, "agents"),
            figurePanel(context, "sessions_released", 6, "agents"),
            figurePanel(context, "sessions_transferred", 6, "agents"),
            figurePanel(context, "transfer_rate", 6, "agents"),
            daySeriesPanel(context, {
              title: { en: "Taken over, released, transferred", zh: "接管、释放与转接" },
              metrics: ["sessions_handled", "sessions_released", "sessions_transferred"],
              width: 12,
              next: "agents",
              style: "bars",
            }),
            daySeriesPanel(context, {
              title: { en: "Transfer rate", zh: "转接率" },
              metrics: ["transfer_rate"],
              width: 12,
              next: "agents",
            }),
          ],
        },
        {
          title: { en: "Waiting and handling", zh: "等待与处理" },
          panels: [
            figurePanel(context, "avg_first_response_ms", 6, "agents"),
            quantileFigurePanel(
              context,
              "first_response",
              { en: "Wait until takeover", zh: "等待接管分位" },
              6,
              "agents",
            ),
            figurePanel(context, "avg_handle_time_sec", 6, "agents"),
            quantileFigurePanel(context, "handle_time", { en: "Handle time", zh: "处理时长分位" }, 6, "agents"),
            quantileSeriesPanel(context, "first_response", { en: "Wait by day", zh: "每日等待" }, 12, "agents"),
            quantileSeriesPanel(context, "handle_time", { en: "Handle time by day", zh: "每日处理时长" }, 12, "agents"),
          ],
        },
        {
          title: { en: "Agent time", zh: "坐席时长" },
          panels: [
            operationFigurePanel(context, "agent_online_ms", 6, "agents"),
            operationFigurePanel(context, "agent_busy_ms", 6, "agents"),
            operationFigurePanel(context, "agent_away_ms", 6, "agents"),
            operationFigurePanel(context, "agent_occupancy_rate", 6, "agents"),
            operationSeriesPanel(context, {
              title: { en: "Online, busy and away by day", zh: "每日在线、忙碌与离开" },
              metrics: ["agent_online_ms", "agent_busy_ms", "agent_away_ms"],
              width: 12,
              next: "agents",
              style: "stacked",
            }),
            operationSeriesPanel(context, {
              title: { en: "Occupancy by day", zh: "每日占用率" },
              metrics: ["agent_occupancy_rate"],
              width: 12,
              next: "agents",
            }),
          ],
        },
        {
          title: { en: "In working hours", zh: "工作时间内" },
          collapsed: true,
          panels: [
            quantileFigurePanel(
              context,
              "first_response_business",
              { en: "Wait in working hours", zh: "工作时间内等待分位" },
              6,
              "agents",
            ),
            quantileFigurePanel(
              context,
              "handle_time_business",
              { en: "Handle time in working hours", zh: "工作时间内处理时长分位" },
              6,
              "agents",
            ),
            quantileSeriesPanel(
              context,
              "first_response_business",
              { en: "Wait in working hours by day", zh: "每日工作时间内等待" },
              12,
              "agents",
            ),
          ],
        },
        {
          title: { en: "Work", zh: "工作量" },
          panels: [
            figurePanel(context, "agent_logins", 6, "agents"),
            figurePanel(context, "total_work_minutes", 6, "agents"),
            figurePanel(context, "agent_messages_sent", 6, "agents"),
            figurePanel(context, "messages_per_session_handled", 6, "agents"),
            daySeriesPanel(context, {
              title: { en: "Agent messages by day", zh: "每日坐席消息" },
              metrics: ["agent_messages_sent"],
              width: 12,
              next: "agents",
              style: "bars",
            }),
            daySeriesPanel(context, {
              title: { en: "Work time by day", zh: "每日工作时长" },
              metrics: ["total_work_minutes"],
              width: 12,
              next: "agents",
              style: "bars",
            }),
          ],
        },
      ],
      "agents",
    ),
  };
}
