/** Panels with figures: a number, and beside it how it changed. */
import {
  ReduceDataOptionsBuilder,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  VizOrientation,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import type { MetricUnit } from "../../collector-receiver/src/catalogue/metric-unit.ts";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import type { DefinedMetric } from "../../collector-receiver/src/metrics/metric-dictionary.ts";
import { metricOf } from "../../collector-receiver/src/metrics/metric-dictionary.ts";
import { agentFigureQuery } from "../sql/agent-query.ts";
import { quantileFigureQuery } from "../sql/duration-query.ts";
import { figureQuery } from "../sql/figure-query.ts";
import type { CounterMetric } from "../sql/metric-expression.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { decimalsOf, unitOf, withCurrency } from "./choose-unit.ts";
import { describeHealth, describeMetrics } from "./describe-figures.ts";
import type { HealthFigure } from "./health-figures.ts";
import { linkTo } from "./link-levels.ts";
import type { NextLevel } from "./link-levels.ts";
import { shortTitles } from "./short-titles.ts";
import { SqlTarget, boardDatasource } from "./sql-target.ts";

/** What the second number of a figure is called. */
export const changeName: LocalText = { en: "Change", zh: "变化" };

export const changeMeaning: LocalText = {
  en: "**Change**: days that are over against as many of the period before (a calendar month, quarter or year against the one before it). Counts and sums of unequal spans compare by the day. Outcomes and rates of conversations compare start days whose conversations had time to end. Rates change in percentage points.",
  zh: "**变化**：已结束的日子与上一周期同样多的日子相比（自然月、季度、年与其前一个相比）。天数不同时，数量和合计按日均比较。会话的结果和比率只比较已有足够时间结束的开始日。比率的变化为百分点。",
};

/** The change beside a figure, in percent or points. */
export function withChange(context: BoardContext, panel: StatBuilder, unit: MetricUnit): StatBuilder {
  const points = { en: "suffix: points", zh: "suffix: 个百分点" } satisfies LocalText;
  return panel.overrideByName(say(context, changeName), [
    { id: "unit", value: unit === "percent" ? say(context, points) : "percent" },
    { id: "decimals", value: 1 },
  ]);
}

const noNumber = "—";

/** A stat panel of the given width (of 24) without a query yet. */
export function statPanel(context: BoardContext, title: string, width: number, next: NextLevel): StatBuilder {
  return new StatBuilder()
    .title(title)
    .datasource(boardDatasource)
    .height(4)
    .span(width)
    .graphMode(BigValueGraphMode.None)
    .colorMode(BigValueColorMode.None)
    .textMode(BigValueTextMode.Auto)
    .orientation(VizOrientation.Vertical)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("/.*/").values(false))
    .noValue(noNumber)
    .links([linkTo(context, next)]);
}

/** A metric of the dictionary over the dashboard's range, and its change. @param title its name unless given */
export function figurePanel(
  context: BoardContext,
  key: string,
  width: number,
  next: NextLevel,
  title: LocalText = shortTitles[key] ?? counterMetricOf(key).name,
): StatBuilder {
  return metricFigure(context, key, { title, width, next }, figureQuery);
}

/** As `figurePanel`, of the agent that the variable `agent` names. */
export function agentFigurePanel(context: BoardContext, key: string, width: number, next: NextLevel): StatBuilder {
  const title = shortTitles[key] ?? counterMetricOf(key).name;
  return metricFigure(context, key, { title, width, next }, agentFigureQuery);
}

function metricFigure(
  context: BoardContext,
  key: string,
  { title, width, next }: { readonly title: LocalText; readonly width: number; readonly next: NextLevel },
  queryOf: typeof figureQuery,
): StatBuilder {
  const metric = counterMetricOf(key);
  return comparedFigurePanel(context, metric, { title, width, next }, (names) => queryOf(metric, names));
}

/** A figure and its change beside it. @param queryOf SQL of both, as columns of these names */
export function comparedFigurePanel(
  context: BoardContext,
  metric: DefinedMetric,
  options: {
    readonly title: LocalText;
    readonly width: number;
    readonly next: NextLevel;
    /** The metric's unless given. */
    readonly decimals?: number;
  },
  queryOf: (names: { readonly value: string; readonly change: string }) => string,
): StatBuilder {
  const { title, width, next, decimals = decimalsOf(metric) } = options;
  const sql = queryOf({ value: say(context, metric.name), change: say(context, changeName) });
  const panel = statPanel(context, withCurrency(context, say(context, title), metric.unit), width, next)
    .description(`${describeMetrics(context, [metric])}\n\n${say(context, changeMeaning)}`)
    .unit(unitOf(metric.unit))
    .decimals(decimals)
    .withTarget(new SqlTarget(sql, "table"));
  return withChange(context, panel, metric.unit);
}

/** p50, p90 and p99 of a histogram over the range. */
export function quantileFigurePanel(
  context: BoardContext,
  histogram: string,
  title: LocalText,
  width: number,
  next: NextLevel,
): StatBuilder {
  const metrics = quantilesOf(histogram);
  const sql = quantileFigureQuery(
    histogram,
    metrics.map((metric) => ({ quantile: metric.quantile, name: say(context, metric.name) })),
  );
  return statPanel(context, say(context, title), width, next)
    .description(describeMetrics(context, metrics))
    .unit(unitOf("ms"))
    .decimals(1)
    .withTarget(new SqlTarget(sql, "table"));
}

/** A figure about the data or the receiver itself. */
export function healthFigurePanel(
  context: BoardContext,
  figure: HealthFigure,
  sql: string,
  width: number,
  next: NextLevel,
): StatBuilder {
  return statPanel(context, say(context, figure.name), width, next)
    .description(describeHealth(context, [figure]))
    .unit(healthUnit(figure))
    .decimals(figure.unit === "percent" ? 2 : 0)
    .withTarget(new SqlTarget(sql, "table"));
}

/** The unit of a figure about the data or the receiver. */
export function healthUnit(figure: HealthFigure): string {
  if (figure.unit === "bytes") return "bytes";
  return figure.unit === "time" ? "dateTimeAsIso" : unitOf(figure.unit);
}

/** The metric over counters of a key; quantiles are not among them. */
export function counterMetricOf(key: string): CounterMetric {
  const metric = metricOf(key);
  if (metric.kind === "quantile") throw new Error(`"${key}" is a quantile: use quantileFigurePanel`);
  return metric;
}

/** The quantiles that the dictionary has of a histogram. */
export function quantilesOf(histogram: string): Extract<ReturnType<typeof metricOf>, { kind: "quantile" }>[] {
  return [50, 90, 99].map((percent) => {
    const metric = metricOf(`${histogram}_p${percent}_ms`);
    if (metric.kind !== "quantile") throw new Error(`"${metric.key}" is not a quantile`);
    return metric;
  });
}
