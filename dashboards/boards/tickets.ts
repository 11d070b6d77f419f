import { addRemainingFigures } from "./add-remaining-figures.ts";
import type { BoardContext } from "../board-context.ts";
import { figurePanel, quantileFigurePanel } from "../panels/figure-panels.ts";
import { operationFigurePanel, operationSeriesPanel } from "../panels/operation-panels.ts";
import { daySeriesPanel, monthBarsPanel, quantileSeriesPanel } from "../panels/series-panels.ts";
import { agentTablePanel, introductionPanel } from "../panels/table-panels.ts";
import type { Board } from "./compose-board.ts";
import { boardAnnotations } from "./board-annotations.ts";

/** The flow of tickets, and whether their service level held. */
export function ticketsBoard(context: BoardContext): Board {
  return {
    name: "tickets",
    description: { en: "Tickets created and resolved, and their service level.", zh: "工单的创建、解决与服务级别。" },
    introduction: introductionPanel(context, {
      en: "A flow: tickets count on the day on which they were created, and once more on the day on which they were resolved. Closed ÷ created exceeds 100 % if more tickets are closed than created: the backlog shrinks.",
      zh: "流量口径：工单在创建日计一次，在解决日再计一次。关闭多于创建时，“关闭 ÷ 创建”超过 100%，未结工单随之减少。",
    }),
    annotations: boardAnnotations(context),
    rows: addRemainingFigures(
      context,
      "tickets",
      [
        {
          title: { en: "Flow", zh: "流量" },
          panels: [
            figurePanel(context, "tickets_created", 8, "agents"),
            figurePanel(context, "tickets_resolved", 8, "agents"),
            figurePanel(context, "ticket_resolution_rate", 8, "agents"),
            daySeriesPanel(context, {
              title: { en: "Created and resolved by day", zh: "每日创建与解决" },
              metrics: ["tickets_created", "tickets_resolved"],
              width: 12,
              next: "agents",
              style: "bars",
            }),
            monthBarsPanel(context, {
              title: { en: "Created and resolved by month", zh: "每月创建与解决" },
              metrics: ["tickets_created", "tickets_resolved", "resolved_in_sla"],
              width: 12,
              next: "agents",
            }),
          ],
        },
        {
          title: { en: "Service level and time", zh: "SLA 与时长" },
          panels: [
            figurePanel(context, "resolved_in_sla", 6, "agents"),
            figurePanel(context, "sla_met_rate", 6, "agents"),
            figurePanel(context, "avg_resolution_hours", 6, "agents"),
            quantileFigurePanel(context, "resolution_time", { en: "Resolution time", zh: "解决时长分位" }, 6, "agents"),
            daySeriesPanel(context, {
              title: { en: "SLA met by day", zh: "每日 SLA 达标率" },
              metrics: ["sla_met_rate"],
              width: 12,
              next: "agents",
            }),
            quantileSeriesPanel(
              context,
              "resolution_time",
              { en: "Resolution time by day", zh: "每日解决时长" },
              12,
              "agents",
            ),
          ],
        },
        {
          title: { en: "Backlog and reopening", zh: "未结与重开" },
          panels: [
            operationFigurePanel(context, "ticket_backlog", 6, "agents"),
            operationFigurePanel(context, "ticket_backlog_unassigned", 6, "agents"),
            operationFigurePanel(context, "ticket_reopen_rate", 6, "agents"),
            operationFigurePanel(context, "tickets_reopened", 6, "agents"),
            operationSeriesPanel(context, {
              title: { en: "Backlog at the end of each day", zh: "每日结束时的未结工单" },
              metrics: ["ticket_backlog", "ticket_backlog_unassigned"],
              width: 12,
              next: "agents",
            }),
            quantileFigurePanel(
              context,
              "resolution_time_business",
              { en: "Resolution in working hours", zh: "工作时间内解决时长分位" },
              12,
              "agents",
            ),
          ],
        },
        {
          title: { en: "By agent", zh: "按坐席" },
          collapsed: true,
          panels: [
            agentTablePanel(context, {
              title: { en: "Tickets by agent", zh: "坐席工单" },
              metrics: [
                "tickets_created",
                "tickets_resolved",
                "resolved_in_sla",
                "sla_met_rate",
                "avg_resolution_hours",
              ],
              next: "agents",
            }),
          ],
        },
      ],
      "agents",
    ),
  };
}
