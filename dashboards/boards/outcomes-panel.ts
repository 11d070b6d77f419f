import type { BoardContext } from "../board-context.ts";
import { daySeriesPanel } from "../panels/series-panels.ts";
import type { PanelBuilder } from "./compose-board.ts";

/** Every conversation once, by the day of its start and by what became of it. */
export function outcomesPanel(context: BoardContext, width: number): PanelBuilder {
  return daySeriesPanel(context, {
    title: { en: "Outcomes by day", zh: "每日会话结果" },
    metrics: [
      "ai_resolved_sessions",
      "outcome_ai_assisted",
      "outcome_human_only",
      "outcome_escalated_untaken",
      "outcome_unanswered",
      "outcome_not_resolved",
      "outcome_open",
    ],
    width,
    next: "data-quality",
    style: "stacked",
  });
}
