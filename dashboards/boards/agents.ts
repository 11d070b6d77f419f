import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { agentFigurePanel } from "../panels/figure-panels.ts";
import { agentTimePanel, operationFigurePanel, operationSeriesPanel } from "../panels/operation-panels.ts";
import { agentSeriesPanel } from "../panels/series-panels.ts";
import { agentColumns, agentTablePanel, introductionPanel } from "../panels/table-panels.ts";
import { agentVariableQuery, noAgent } from "../sql/agent-query.ts";
import type { Board } from "./compose-board.ts";
import { choiceVariable } from "./choice-variable.ts";
import { boardAnnotations } from "./board-annotations.ts";

/** All agents side by side, and one of them by day. */
export function agentsBoard(context: BoardContext): Board {
  const unattributed = say(context, agentColumns.unattributed);
  return {
    name: "agents",
    description: { en: "Every agent, and the chosen one by day.", zh: "全部坐席，以及所选坐席的每日情况。" },
    introduction: introductionPanel(context, {
      en: "With the row of what no agent was named for, the rows add up to the figures of workbench and tickets. A click on a name chooses the agent for the panels below. These are people: use the numbers to help, and mind small samples.",
      zh: "连同“未注明坐席”一行，各行之和等于工作台和工单的总数。点击姓名即选择下方面板的坐席。数字关系到具体的人：请用于支持，并注意小样本。",
    }),
    variables: [
      choiceVariable("agent", say(context, agentColumns.agent), agentVariableQuery(unattributed), {
        text: unattributed,
        value: noAgent,
      }),
    ],
    annotations: boardAnnotations(context),
    rows: [
      {
        title: { en: "All agents", zh: "全部坐席" },
        panels: [
          agentTablePanel(context, {
            title: { en: "Agents", zh: "坐席" },
            metrics: [
              "sessions_handled",
              "avg_first_response_ms",
              "avg_handle_time_sec",
              "messages_per_session_handled",
              "transfer_rate",
              "agent_logins",
              "total_work_minutes",
              "tickets_resolved",
              "avg_resolution_hours",
              "sla_met_rate",
            ],
            next: "data-quality",
          }),
          agentTimePanel(context, { en: "Time of the agents", zh: "坐席时长" }, "agent-workbench"),
        ],
      },
      {
        title: { en: "Chosen: $agent", zh: "所选坐席：$agent" },
        panels: [
          agentFigurePanel(context, "sessions_handled", 6, "data-quality"),
          agentFigurePanel(context, "avg_first_response_ms", 6, "data-quality"),
          agentFigurePanel(context, "avg_handle_time_sec", 6, "data-quality"),
          agentFigurePanel(context, "transfer_rate", 6, "data-quality"),
          agentFigurePanel(context, "tickets_resolved", 6, "tickets"),
          agentFigurePanel(context, "sla_met_rate", 6, "tickets"),
          operationFigurePanel(context, "agent_online_ms", 6, "agent-workbench", "chosen agent"),
          operationFigurePanel(context, "agent_busy_ms", 6, "agent-workbench", "chosen agent"),
          operationFigurePanel(context, "agent_away_ms", 6, "agent-workbench", "chosen agent"),
          operationFigurePanel(context, "agent_occupancy_rate", 6, "agent-workbench", "chosen agent"),
          agentSeriesPanel(context, {
            title: { en: "Sessions by day", zh: "每日会话" },
            metrics: ["sessions_handled", "sessions_released", "sessions_transferred"],
            width: 12,
            next: "data-quality",
            style: "bars",
          }),
          agentSeriesPanel(context, {
            title: { en: "Handle time by day", zh: "每日处理时长" },
            metrics: ["avg_handle_time_sec"],
            width: 12,
            next: "data-quality",
          }),
          agentSeriesPanel(context, {
            title: { en: "Tickets by day", zh: "每日工单" },
            metrics: ["tickets_created", "tickets_resolved", "resolved_in_sla"],
            width: 12,
            next: "tickets",
            style: "bars",
          }),
          agentSeriesPanel(context, {
            title: { en: "Work time by day", zh: "每日工作时长" },
            metrics: ["total_work_minutes"],
            width: 12,
            next: "data-quality",
            style: "bars",
          }),
          operationSeriesPanel(context, {
            title: { en: "Online, busy and away by day", zh: "每日在线、忙碌与离开" },
            metrics: ["agent_online_ms", "agent_busy_ms", "agent_away_ms"],
            width: 24,
            next: "agent-workbench",
            style: "stacked",
            of: "chosen agent",
          }),
        ],
      },
    ],
  };
}
