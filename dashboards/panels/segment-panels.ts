/** Panels of the conversations of one channel, and of all side by side. */
import type { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import type { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import type { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import type { CounterMetric } from "../sql/metric-expression.ts";
import { channelFigureQuery, channelSeriesQuery, channelTableQuery } from "../sql/segment-query.ts";
import { decimalsOf, unitOf, withCurrency } from "./choose-unit.ts";
import { describeMetrics } from "./describe-figures.ts";
import { counterMetricOf, statPanel } from "./figure-panels.ts";
import type { NextLevel } from "./link-levels.ts";
import { metricSeriesPanel } from "./series-panels.ts";
import type { QueryOfSeries, SeriesOptions } from "./series-panels.ts";
import { SqlTarget } from "./sql-target.ts";
import { tablePanel, withUnits } from "./table-panels.ts";

/** What tells a column from the same figure of all conversations. */
function nameOf(context: BoardContext, name: LocalText): string {
  return `${say(context, name)}${say(context, { en: " · channel", zh: " · 渠道" })}`;
}

/** A figure of the chosen channel. */
export function channelFigurePanel(context: BoardContext, key: string, width: number, next: NextLevel): StatBuilder {
  const metric = counterMetricOf(key);
  return statPanel(context, withCurrency(context, say(context, metric.name), metric.unit), width, next)
    .description(describeMetrics(context, [metric]))
    .unit(unitOf(metric.unit))
    .decimals(decimalsOf(metric))
    .withTarget(new SqlTarget(channelFigureQuery(metric, nameOf(context, metric.name)), "table"));
}

/** Figures of the chosen channel by day; all of one unit. */
export function channelSeriesPanel(context: BoardContext, options: SeriesOptions): TimeSeriesBuilder {
  const metrics = options.metrics.map(counterMetricOf);
  const queryOf: QueryOfSeries<CounterMetric> = (columns) =>
    channelSeriesQuery(columns.map(({ metric }) => ({ metric, name: nameOf(context, metric.name) })));
  return metricSeriesPanel(context, metrics, { ...options, style: "bars" }, queryOf);
}

/** All channels side by side. */
export function channelTablePanel(context: BoardContext, options: SeriesOptions): TableBuilder {
  const metrics = options.metrics.map(counterMetricOf);
  const sql = channelTableQuery(
    say(context, { en: "Channel", zh: "渠道" }),
    metrics.map((metric) => ({ metric, name: say(context, metric.name) })),
  );
  const panel = tablePanel(context, say(context, options.title), options.width, options.next)
    .unit("locale")
    .description(describeMetrics(context, metrics))
    .withTarget(new SqlTarget(sql, "table"));
  return withUnits(context, panel, metrics);
}
