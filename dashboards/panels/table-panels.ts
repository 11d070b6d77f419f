import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TextBuilder } from "@grafana/grafana-foundation-sdk/text";
import { TextMode } from "@grafana/grafana-foundation-sdk/text";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import type { MetricDefinition } from "../../collector-receiver/src/metrics/metric-definition.ts";
import { agentTableQuery } from "../sql/agent-query.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { decimalsOf, unitOf } from "./choose-unit.ts";
import { describeMetrics } from "./describe-figures.ts";
import { counterMetricOf } from "./figure-panels.ts";
import { boardUrl, linkTo } from "./link-levels.ts";
import type { NextLevel } from "./link-levels.ts";
import { SqlTarget, boardDatasource } from "./sql-target.ts";

/** Columns of the table of agents that are not metrics. */
export const agentColumns = {
  agent: { en: "Agent", zh: "坐席" },
  id: { en: "Agent id", zh: "坐席编号" },
  unattributed: { en: "unattributed", zh: "未注明坐席" },
} as const satisfies Record<string, LocalText>;

/** A table without a query yet. */
export function tablePanel(context: BoardContext, title: string, width: number, next: NextLevel): TableBuilder {
  return new TableBuilder()
    .title(title)
    .datasource(boardDatasource)
    .height(8)
    .span(width)
    .noValue("—")
    .links([linkTo(context, next)]);
}

/** Each agent's figures over the range; a click on the name chooses the agent on the dashboard of agents. */
export function agentTablePanel(
  context: BoardContext,
  options: { readonly title: LocalText; readonly metrics: readonly string[]; readonly next: NextLevel },
): TableBuilder {
  const metrics = options.metrics.map(counterMetricOf);
  const names = {
    agent: say(context, agentColumns.agent),
    id: say(context, agentColumns.id),
    unattributed: say(context, agentColumns.unattributed),
  };
  const sql = agentTableQuery(
    metrics.map((metric) => ({ metric, name: say(context, metric.name) })),
    names,
  );
  const panel = tablePanel(context, say(context, options.title), 24, options.next)
    .height(10)
    .unit("locale")
    .description(describeMetrics(context, metrics))
    .filterable(true)
    .overrideByName(names.agent, [
      {
        id: "links",
        value: [
          { title: names.agent, url: `${boardUrl(context, "agents")}&var-agent=\${__data.fields["${names.id}"]}` },
        ],
      },
    ])
    .withTarget(new SqlTarget(sql, "table"));
  return withUnits(context, panel, metrics);
}

/** Each metric's column in its unit. */
export function withUnits(
  context: BoardContext,
  panel: TableBuilder,
  metrics: readonly Pick<MetricDefinition, "name" | "unit" | "display">[],
): TableBuilder {
  for (const metric of metrics) {
    panel.overrideByName(say(context, metric.name), [
      { id: "unit", value: unitOf(metric.unit) },
      { id: "decimals", value: decimalsOf(metric) },
    ]);
  }
  return panel;
}

const settingsLine: LocalText = {
  en: "Days are those of **$timezone**; money is in **$currency**.",
  zh: "统计时区：**$timezone**；金额单位：**$currency**。",
};

/** The first panel of a dashboard: what it shows and what it needs. */
export function introductionPanel(context: BoardContext, text: LocalText): TextBuilder {
  return new TextBuilder()
    .title("")
    .height(3)
    .span(24)
    .transparent(true)
    .mode(TextMode.Markdown)
    .content(`${say(context, text)} ${say(context, settingsLine)}`);
}
