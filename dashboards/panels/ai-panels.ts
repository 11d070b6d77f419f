/** Panels of calls of models and what they cost. */
import type { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import type { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import type { PanelBuilder as TimeSeriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import { findAiCostMetric } from "../../collector-receiver/src/metrics/ai-cost-metrics.ts";
import type { AiCostMetric } from "../../collector-receiver/src/metrics/ai-cost-metrics.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { aiFigureQuery, aiModelsQuery, aiSeriesQuery } from "../sql/ai-query.ts";
import { decimalsOf, withCurrency } from "./choose-unit.ts";
import { describeMetrics } from "./describe-figures.ts";
import { comparedFigurePanel } from "./figure-panels.ts";
import type { NextLevel } from "./link-levels.ts";
import { metricSeriesPanel } from "./series-panels.ts";
import type { SeriesOptions } from "./series-panels.ts";
import { shortTitles } from "./short-titles.ts";
import { SqlTarget } from "./sql-target.ts";
import { tablePanel } from "./table-panels.ts";

/** A figure of calls over the range, and its change. */
export function aiFigurePanel(context: BoardContext, key: string, width: number, next: NextLevel): StatBuilder {
  const metric = aiMetricOf(key);
  const title = shortTitles[key] ?? metric.name;
  const options = { title, width, next, decimals: aiDecimals(metric) };
  return comparedFigurePanel(context, metric, options, (names) => aiFigureQuery(metric, names));
}

/** Figures of calls by business day; all of one unit. */
export function aiSeriesPanel(context: BoardContext, options: SeriesOptions): TimeSeriesBuilder {
  return metricSeriesPanel(context, options.metrics.map(aiMetricOf), options, aiSeriesQuery, aiDecimals);
}

/** Calls, tokens and spend of each model over the range. */
export function aiModelsPanel(context: BoardContext, title: LocalText, width: number, next: NextLevel): TableBuilder {
  const metrics = ["ai_calls", "ai_input_tokens", "ai_cached_input_tokens", "ai_output_tokens", "ai_spend"].map(
    aiMetricOf,
  );
  const [calls = "", input = "", cached = "", output = "", spend = ""] = metrics.map(({ name }) => say(context, name));
  const sql = aiModelsQuery({
    model: say(context, { en: "Model", zh: "模型" }),
    calls,
    input,
    cached,
    output,
    spend,
  });
  return tablePanel(context, withCurrency(context, say(context, title), "currency"), width, next)
    .unit("locale")
    .description(describeMetrics(context, metrics))
    .overrideByName(spend, [{ id: "decimals", value: 2 }])
    .withTarget(new SqlTarget(sql, "table"));
}

/** Money below 100 has two decimals, as in the API. */
function aiDecimals(metric: AiCostMetric): number {
  return Math.max(decimalsOf(metric), metric.unit === "currency" ? 2 : 0);
}

function aiMetricOf(key: string): AiCostMetric {
  const metric = findAiCostMetric(key);
  if (metric === undefined) throw new Error(`calls of models have no metric "${key}"`);
  return metric;
}
