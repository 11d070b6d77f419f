import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { describeHealth } from "../panels/describe-figures.ts";
import { healthFigurePanel, healthUnit } from "../panels/figure-panels.ts";
import { lagFigures } from "../panels/health-figures.ts";
import { SqlTarget } from "../panels/sql-target.ts";
import { introductionPanel, tablePanel } from "../panels/table-panels.ts";
import { connectionFigures, receiverFigureQuery, tableFigures, tableHealthQuery } from "../sql/health-query.ts";
import { counterLagQuery, sweeperLagQuery } from "../sql/quality-query.ts";
import type { Board, PanelBuilder } from "./compose-board.ts";

const next = "prometheus";

/**
 * The receiver as its database sees it, of all tenants. From PostgreSQL alone, so that one datasource is enough
 * and every query is under test; what only the process knows (queue, answers, time to commit) is at `/metrics`.
 */
export function receiverHealthBoard(context: BoardContext): Board {
  const figure = (of: Parameters<typeof receiverFigureQuery>[0], width: number): PanelBuilder =>
    healthFigurePanel(context, of, receiverFigureQuery(of, say(context, of.name)), width, next);
  return {
    name: "receiver-health",
    description: { en: "The receivers as their database sees them, now.", zh: "从数据库角度看接收器的当前状态。" },
    introduction: introductionPanel(context, {
      en: "Now, and of all tenants, whatever the time range. From PostgreSQL alone; queue, answers by status and time to commit are known to the process only: `/metrics` of the receiver, for Prometheus and its alerts.",
      zh: "当前时刻、全部租户，与时间范围无关。数据仅来自 PostgreSQL；队列、按状态的应答和提交耗时只有进程知道，见接收器的 `/metrics`（供 Prometheus 及其告警使用）。",
    }),
    rows: [
      {
        title: { en: "Alive", zh: "存活" },
        panels: [
          figure(connectionFigures.writers, 6),
          figure(connectionFigures.readers, 6),
          healthFigurePanel(
            context,
            lagFigures.counters,
            counterLagQuery(say(context, lagFigures.counters.name), false),
            6,
            next,
          ),
          healthFigurePanel(
            context,
            lagFigures.sweeper,
            sweeperLagQuery(say(context, lagFigures.sweeper.name), false),
            6,
            next,
          ),
        ],
      },
      {
        title: { en: "Contention", zh: "争用" },
        panels: [
          figure(connectionFigures.waiting, 8),
          figure(connectionFigures.deadlocks, 8),
          figure(connectionFigures.rollbacks, 8),
        ],
      },
      {
        title: { en: "Storage", zh: "存储" },
        panels: [
          figure(connectionFigures.partitionsAhead, 12),
          figure(connectionFigures.size, 12),
          tableHealth(context),
        ],
      },
    ],
  };
}

function tableHealth(context: BoardContext): PanelBuilder {
  const figures = Object.values(tableFigures);
  const names = {
    table: say(context, { en: "Table", zh: "表" }),
    events: say(context, { en: "events, all months", zh: "事件（全部月份）" }),
    lastVacuum: say(context, { en: "Last vacuum", zh: "最近清理" }),
  };
  const columns = figures.map((figure) => ({ figure, name: say(context, figure.name) }));
  let panel = tablePanel(context, say(context, { en: "Tables", zh: "数据表" }), 24, next)
    .description(describeHealth(context, figures))
    .unit("locale")
    .withTarget(new SqlTarget(tableHealthQuery(columns, names), "table"));
  for (const { figure, name } of columns) {
    panel = panel.overrideByName(name, [
      { id: "unit", value: healthUnit(figure) },
      { id: "decimals", value: figure.unit === "count" ? 0 : 1 },
    ]);
  }
  return panel.overrideByName(names.lastVacuum, [{ id: "unit", value: "dateTimeAsIso" }]);
}
