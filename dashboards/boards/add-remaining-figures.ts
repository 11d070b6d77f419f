import type { MetricGroup } from "../../collector-receiver/src/metrics/metric-definition.ts";
import { counterMetrics } from "../../collector-receiver/src/metrics/metric-dictionary.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { figurePanel } from "../panels/figure-panels.ts";
import type { NextLevel } from "../panels/link-levels.ts";
import type { BoardRow } from "./compose-board.ts";

/**
 * A last row with the figures of a group that no panel of the others shows: what the dictionary gains is on
 * the dashboard without anybody placing it.
 */
export function addRemainingFigures(
  context: BoardContext,
  group: MetricGroup,
  rows: readonly BoardRow[],
  next: NextLevel,
): BoardRow[] {
  const shown = rows.flatMap(({ panels }) => panels.map((panel) => panel.build()));
  const isShown = (name: string): boolean =>
    shown.some(({ type, description }) => type === "stat" && description?.startsWith(`**${name}**`) === true);
  const remaining = counterMetrics.filter((metric) => metric.group === group && !isShown(say(context, metric.name)));
  if (remaining.length === 0) return [...rows];
  const panels = remaining.map(({ key }) => figurePanel(context, key, 6, next));
  return [...rows, { title: { en: "More figures", zh: "更多指标" }, collapsed: true, panels }];
}
