/** Panels over time: by business day, and the last thirteen months. */
import {
  AxisPlacement,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder as BarChartBuilder } from "@grafana/grafana-foundation-sdk/barchart";
import { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import type { DefinedMetric } from "../../collector-receiver/src/metrics/metric-dictionary.ts";
import { agentSeriesQuery } from "../sql/agent-query.ts";
import { quantileSeriesQuery } from "../sql/duration-query.ts";
import { daySeriesQuery, monthTableQuery } from "../sql/figure-query.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { decimalsOf, unitOf, withCurrency } from "./choose-unit.ts";
import { describeMetrics } from "./describe-figures.ts";
import { counterMetricOf, quantilesOf } from "./figure-panels.ts";
import { linkTo } from "./link-levels.ts";
import type { NextLevel } from "./link-levels.ts";
import { SqlTarget, boardDatasource } from "./sql-target.ts";

export interface SeriesOptions {
  readonly title: LocalText;
  /** Of the dictionary; all of one unit. */
  readonly metrics: readonly string[];
  readonly width: number;
  readonly next: NextLevel;
  readonly style?: "lines" | "bars" | "stacked";
}

/** A panel over time without a query yet. */
export function timeSeriesPanel(
  context: BoardContext,
  title: string,
  width: number,
  next: NextLevel,
  style: SeriesOptions["style"] = "lines",
): TimeSeriesBuilder {
  const panel = new TimeSeriesBuilder()
    .title(title)
    .datasource(boardDatasource)
    .height(8)
    .span(width)
    .min(0)
    .lineWidth(style === "lines" ? 2 : 0)
    .drawStyle(style === "lines" ? GraphDrawStyle.Line : GraphDrawStyle.Bars)
    .fillOpacity(style === "lines" ? 10 : 80)
    // A day between two without a rate would otherwise not be seen at all.
    .showPoints(VisibilityMode.Always)
    .spanNulls(false)
    .legend(legendBelow())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .links([linkTo(context, next)]);
  return style === "stacked" ? panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal)) : panel;
}

/** Metrics of the dictionary by business day. */
export function daySeriesPanel(context: BoardContext, options: SeriesOptions): TimeSeriesBuilder {
  return metricSeries(context, options, daySeriesQuery);
}

/** The line of a figure by day without axes, to stand below the figure. */
export function sparklinePanel(context: BoardContext, key: string, width: number, next: NextLevel): TimeSeriesBuilder {
  const title = { en: "By day", zh: "每日" };
  return daySeriesPanel(context, { title, metrics: [key], width, next })
    .title(say(context, title))
    .height(3)
    .axisPlacement(AxisPlacement.Hidden)
    .showPoints(VisibilityMode.Never)
    .legend(legendBelow().showLegend(false));
}

/** As `daySeriesPanel`, of the agent that the variable `agent` names. */
export function agentSeriesPanel(context: BoardContext, options: SeriesOptions): TimeSeriesBuilder {
  return metricSeries(context, options, agentSeriesQuery);
}

function metricSeries(
  context: BoardContext,
  options: SeriesOptions,
  queryOf: typeof daySeriesQuery,
): TimeSeriesBuilder {
  return metricSeriesPanel(context, options.metrics.map(counterMetricOf), options, queryOf);
}

/** SQL of a series: a column for each metric. */
export type QueryOfSeries<Metric> = (columns: readonly { readonly metric: Metric; readonly name: string }[]) => string;

/** Metrics of any kind by business day; all of one unit. @param decimalsIn of the first metric */
export function metricSeriesPanel<Metric extends DefinedMetric>(
  context: BoardContext,
  metrics: readonly Metric[],
  options: SeriesOptions,
  queryOf: QueryOfSeries<Metric>,
  decimalsIn: (metric: Metric) => number = decimalsOf,
): TimeSeriesBuilder {
  const [first] = metrics;
  if (first === undefined) throw new Error(`the panel "${options.title.en}" has no metric`);
  const sql = queryOf(metrics.map((metric) => ({ metric, name: say(context, metric.name) })));
  const title = withCurrency(context, say(context, options.title), first.unit);
  return timeSeriesPanel(context, title, options.width, options.next, options.style)
    .description(describeMetrics(context, metrics))
    .unit(unitOf(first.unit))
    .decimals(decimalsIn(first))
    .withTarget(new SqlTarget(sql, "time_series"));
}

/** p50, p90 and p99 of a histogram by business day. */
export function quantileSeriesPanel(
  context: BoardContext,
  histogram: string,
  title: LocalText,
  width: number,
  next: NextLevel,
): TimeSeriesBuilder {
  const metrics = quantilesOf(histogram);
  const sql = quantileSeriesQuery(
    histogram,
    metrics.map((metric) => ({ quantile: metric.quantile, name: say(context, metric.name) })),
  );
  return timeSeriesPanel(context, say(context, title), width, next)
    .description(describeMetrics(context, metrics))
    .unit(unitOf("ms"))
    .decimals(1)
    .withTarget(new SqlTarget(sql, "time_series"));
}

/** Metrics of the last thirteen months; a time axis would end where the dashboard's range ends. */
export function monthBarsPanel(context: BoardContext, options: SeriesOptions): BarChartBuilder {
  const metrics = options.metrics.map(counterMetricOf);
  const first = metrics[0];
  if (first === undefined) throw new Error(`the panel "${options.title.en}" has no metric`);
  const month = say(context, { en: "Month", zh: "月份" });
  const sql = monthTableQuery(
    month,
    metrics.map((metric) => ({ metric, name: say(context, metric.name) })),
  );
  return barPanel(
    context,
    withCurrency(context, say(context, options.title), first.unit),
    month,
    options.width,
    options.next,
  )
    .description(describeMetrics(context, metrics))
    .unit(unitOf(first.unit))
    .decimals(decimalsOf(first))
    .withTarget(new SqlTarget(sql, "table"));
}

/** Bars over a column of text, without a query yet. */
export function barPanel(
  context: BoardContext,
  title: string,
  xField: string,
  width: number,
  next: NextLevel,
): BarChartBuilder {
  return new BarChartBuilder()
    .title(title)
    .datasource(boardDatasource)
    .height(8)
    .span(width)
    .min(0)
    .xField(xField)
    .showValue(VisibilityMode.Auto)
    .fillOpacity(80)
    .barWidth(0.8)
    .groupWidth(0.8)
    .legend(legendBelow())
    .links([linkTo(context, next)]);
}

function legendBelow(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);
}
