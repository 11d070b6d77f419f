/** Panels of what is read from facts: agent time, occupancy, reopening and backlog. */
import type { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import type { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import type { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import { operationMetrics } from "../../collector-receiver/src/metrics/operation-metrics.ts";
import type { OperationMetric } from "../../collector-receiver/src/metrics/operation-metrics.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { agentTimeTableQuery, operationFigureQuery, operationSeriesQuery } from "../sql/operation-query.ts";
import { describeMetrics } from "./describe-figures.ts";
import { comparedFigurePanel } from "./figure-panels.ts";
import type { NextLevel } from "./link-levels.ts";
import { metricSeriesPanel } from "./series-panels.ts";
import type { QueryOfSeries, SeriesOptions } from "./series-panels.ts";
import { SqlTarget } from "./sql-target.ts";
import { agentColumns, tablePanel, withUnits } from "./table-panels.ts";

/** A figure of operations over the range, and its change. */
export function operationFigurePanel(
  context: BoardContext,
  key: string,
  width: number,
  next: NextLevel,
  of: "all" | "chosen agent" = "all",
): StatBuilder {
  const metric = operationMetricOf(key);
  const options = { title: metric.name, width, next };
  return comparedFigurePanel(context, metric, options, (names) => operationFigureQuery(metric, names, of));
}

/** Figures of operations by business day; all of one unit and one group. */
export function operationSeriesPanel(
  context: BoardContext,
  options: SeriesOptions & { readonly of?: "all" | "chosen agent" },
): TimeSeriesBuilder {
  const { metrics, of = "all" } = options;
  const queryOf: QueryOfSeries<OperationMetric> = (columns) => operationSeriesQuery(columns, of);
  return metricSeriesPanel(context, metrics.map(operationMetricOf), options, queryOf);
}

/** Each agent's time by state over the range. */
export function agentTimePanel(context: BoardContext, title: LocalText, next: NextLevel): TableBuilder {
  const metrics = ["agent_online_ms", "agent_busy_ms", "agent_away_ms", "agent_occupancy_rate"].map(operationMetricOf);
  const names = { agent: say(context, agentColumns.agent), id: say(context, agentColumns.id) };
  const sql = agentTimeTableQuery(
    metrics.map((metric) => ({ metric, name: say(context, metric.name) })),
    names,
  );
  const panel = tablePanel(context, say(context, title), 24, next)
    .unit("locale")
    .description(describeMetrics(context, metrics))
    .filterable(true)
    .withTarget(new SqlTarget(sql, "table"));
  return withUnits(context, panel, metrics);
}

function operationMetricOf(key: string): OperationMetric {
  const metric = operationMetrics.find((one) => one.key === key);
  if (metric === undefined) throw new Error(`operations have no metric "${key}"`);
  return metric;
}
