import { customQuantiles } from "../../collector-receiver/src/catalogue/custom-definitions.ts";
import type { CustomDefinitions } from "../../collector-receiver/src/catalogue/custom-definitions.ts";
import { noGroup } from "../../collector-receiver/src/metrics/custom-counting.ts";
import { ownMetricsOf } from "../../collector-receiver/src/metrics/custom-metrics.ts";
import type { OwnMetric } from "../../collector-receiver/src/metrics/custom-metrics.ts";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { unitOf, withCurrency } from "../panels/choose-unit.ts";
import { changeName, statPanel, withChange } from "../panels/figure-panels.ts";
import { timeSeriesPanel } from "../panels/series-panels.ts";
import { SqlTarget } from "../panels/sql-target.ts";
import { introductionPanel } from "../panels/table-panels.ts";
import { quantileFigureQuery, quantileSeriesQuery } from "../sql/duration-query.ts";
import { ownFigureQuery, ownSeriesQuery } from "../sql/own-query.ts";
import { boardAnnotations } from "./board-annotations.ts";
import type { Board, PanelBuilder } from "./compose-board.ts";

const words = {
  byDay: { en: "by day", zh: "（每日）" },
  formula: { en: "Formula", zh: "公式" },
  denominator: { en: "Denominator", zh: "分母" },
  none: { en: "none (a count or a sum)", zh: "无（计数或累加）" },
  samples: { en: "the number of durations recorded", zh: "有记录的时长个数" },
} as const satisfies Record<string, LocalText>;

/** The metrics of a product's `spanledger.config.ts`: each as a figure and by day, with its groups. */
export function ownMetricsBoard(context: BoardContext, definitions: CustomDefinitions): Board {
  const metrics = ownMetricsOf(definitions);
  const counted = metrics.filter(({ kind }) => kind !== "duration");
  const durations = metrics.filter(({ kind }) => kind === "duration");
  const histograms = [...new Set(durations.map(({ metric }) => metric))];
  return {
    name: "own-metrics",
    description: {
      en: "The metrics of your own spanledger.config.ts.",
      zh: "您在 spanledger.config.ts 中定义的指标。",
    },
    introduction: introductionPanel(context, {
      en: "Counted by the receiver from your own events, exactly once, by the business day on which they occurred. Defined in `spanledger.config.ts`.",
      zh: "由接收器按事件发生的业务日对您的自定义事件精确计数一次。定义见 `spanledger.config.ts`。",
    }),
    annotations: boardAnnotations(context),
    rows: [
      {
        title: { en: "Figures", zh: "数值" },
        panels: [
          ...counted.map((metric) => figure(context, metric, definitions)),
          ...histograms.map((histogram) => quantileFigure(context, histogram, durations)),
        ],
      },
      {
        title: { en: "By day", zh: "每日" },
        panels: [
          ...counted.map((metric) => series(context, metric, definitions)),
          ...histograms.map((histogram) => quantileSeries(context, histogram, durations)),
        ],
      },
    ].filter(({ panels }) => panels.length > 0),
  };
}

function figure(context: BoardContext, metric: OwnMetric, definitions: CustomDefinitions): PanelBuilder {
  const name = shown(context, metric.name);
  const sql = ownFigureQuery(metric, definitions, { value: name, change: say(context, changeName) });
  const panel = statPanel(context, withCurrency(context, name, metric.unit), 6, "dictionary")
    .description(describe(context, [metric]))
    .unit(unitOf(metric.unit))
    .decimals(decimalsOf(metric))
    .withTarget(new SqlTarget(sql, "table"));
  return withChange(context, panel, metric.unit);
}

/** The metric by day; if it is grouped, its groups, which of a count or a sum add up to it. */
function series(context: BoardContext, metric: OwnMetric, definitions: CustomDefinitions): PanelBuilder {
  const name = shown(context, metric.name);
  const columns =
    metric.groups.length === 0
      ? [{ metric, group: noGroup, name }]
      : metric.groups.map((group) => ({ metric, group, name: withoutDollar(group) }));
  const stacks = metric.groups.length > 0 && (metric.kind === "count" || metric.kind === "sum");
  const title = withCurrency(context, titleByDay(context, name), metric.unit);
  return timeSeriesPanel(context, title, 12, "dictionary", stacks ? "stacked" : "lines")
    .description(describe(context, [metric]))
    .unit(unitOf(metric.unit))
    .decimals(decimalsOf(metric))
    .withTarget(new SqlTarget(ownSeriesQuery(definitions, columns), "time_series"));
}

function quantileFigure(context: BoardContext, histogram: string, durations: readonly OwnMetric[]): PanelBuilder {
  const quantiles = durations.filter(({ metric }) => metric === histogram);
  const sql = quantileFigureQuery(histogram, quantileColumns(context, quantiles));
  return statPanel(context, titleOf(context, quantiles), 6, "dictionary")
    .description(describe(context, quantiles))
    .unit(unitOf("ms"))
    .decimals(1)
    .withTarget(new SqlTarget(sql, "table"));
}

function quantileSeries(context: BoardContext, histogram: string, durations: readonly OwnMetric[]): PanelBuilder {
  const quantiles = durations.filter(({ metric }) => metric === histogram);
  const sql = quantileSeriesQuery(histogram, quantileColumns(context, quantiles));
  return timeSeriesPanel(context, titleByDay(context, titleOf(context, quantiles)), 12, "dictionary")
    .description(describe(context, quantiles))
    .unit(unitOf("ms"))
    .decimals(1)
    .withTarget(new SqlTarget(sql, "time_series"));
}

function quantileColumns(context: BoardContext, quantiles: readonly OwnMetric[]) {
  return quantiles.map((metric, place) => ({
    quantile: (customQuantiles[place] as number) / 100,
    name: shown(context, metric.name),
  }));
}

/** The name of a duration: that of its first quantile, without the quantile. */
function titleOf(context: BoardContext, [first]: readonly OwnMetric[]): string {
  return shown(context, first?.name ?? { en: "", zh: "" }).replace(/,? p50$/, "");
}

function titleByDay(context: BoardContext, name: string): string {
  return context.language === "zh" ? `${name}${words.byDay.zh}` : `${name} ${words.byDay.en}`;
}

function decimalsOf({ display }: OwnMetric): number {
  return display.style === "duration" ? 1 : display.digits;
}

/** What a metric is, its formula and its denominator: Markdown. */
function describe(context: BoardContext, metrics: readonly OwnMetric[]): string {
  const colon = context.language === "zh" ? "：" : ": ";
  return metrics
    .map((metric) => {
      const meaning = metric.meaning === null ? "" : ` — ${shown(context, metric.meaning)}`;
      const below =
        metric.kind === "ratio"
          ? `\`${withoutDollar(metric.formula.split(" / ")[1]?.replace(" × 100", "") ?? "")}\``
          : say(context, metric.kind === "duration" ? words.samples : words.none);
      return [
        `**${shown(context, metric.name)}**${meaning}`,
        `${say(context, words.formula)}${colon}\`${withoutDollar(metric.formula)}\``,
        `${say(context, words.denominator)}${colon}${below}`,
      ].join("\n\n");
    })
    .join("\n\n---\n\n");
}

function shown(context: BoardContext, text: LocalText): string {
  return withoutDollar(say(context, text));
}

/** Grafana would take a dollar for the beginning of a variable. */
function withoutDollar(text: string): string {
  return text.replaceAll("$", "＄");
}
