import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { describeHealth } from "../panels/describe-figures.ts";
import { figurePanel, healthFigurePanel, healthUnit } from "../panels/figure-panels.ts";
import { coverageFigures, lagFigures, rejectionFigures, sourceFigures } from "../panels/health-figures.ts";
import type { HealthFigure } from "../panels/health-figures.ts";
import { timeSeriesPanel } from "../panels/series-panels.ts";
import { SqlTarget } from "../panels/sql-target.ts";
import { introductionPanel, tablePanel } from "../panels/table-panels.ts";
import { retentionAnnotationQuery } from "../sql/annotation-query.ts";
import {
  counterLagQuery,
  coverageQuery,
  eventSeriesQuery,
  rejectionFigureQuery,
  rejectionSeriesQuery,
  rejectionTableQuery,
  sourceFigureQuery,
  sourceTableQuery,
  sweeperLagQuery,
} from "../sql/quality-query.ts";
import type { Board, PanelBuilder } from "./compose-board.ts";

const next = "receiver-health";

const eventsByName: HealthFigure = {
  name: { en: "Events by name", zh: "按名称的事件数" },
  meaning: {
    en: "Events that were counted, by name and business day, custom ones too. A name that stops is the first sign of a broken integration.",
    zh: "按名称和业务日计数的事件，包括自定义事件。某个名称突然中断，通常是接入故障的第一个迹象。",
  },
  formula: "sum(analytics_event_counts.events)",
  unit: "count",
  sql: "sum(events)",
};

/** Whether the numbers can be trusted: what is missing, refused, late or assumed. */
export function dataQualityBoard(context: BoardContext): Board {
  const retention = { en: "Rows before this are gone by retention", zh: "此前的明细已按保留期清除" };
  return {
    name: "data-quality",
    description: { en: "What is missing, refused, late or assumed.", zh: "缺失、被拒、延迟与推定的数据。" },
    introduction: introductionPanel(context, {
      en: "Each SDK numbers its events, so that a gap shows. Figures of sources are of their whole life: a source is one start of a product, and is listed where it was heard of in the range. Rejected events are kept; after a correction `spanledger replay` brings them in.",
      zh: "SDK 为事件连续编号，因此缺口可见。来源指标覆盖其整个生命期：来源是产品的一次启动，只要在范围内出现过即列出。被拒事件会保留，修正后用 `spanledger replay` 补入。",
    }),
    annotations: [{ name: retention, color: "purple", sql: retentionAnnotationQuery(say(context, retention)) }],
    rows: [
      {
        title: { en: "Gaps", zh: "缺口" },
        panels: [
          ...[sourceFigures.completeness, sourceFigures.recorded, sourceFigures.missing, sourceFigures.dropped].map(
            (figure) =>
              healthFigurePanel(
                context,
                figure,
                sourceFigureQuery({ figure, name: say(context, figure.name) }),
                6,
                next,
              ),
          ),
          sourceTable(context),
        ],
      },
      {
        title: { en: "Rejected", zh: "被拒" },
        panels: [
          ...[rejectionFigures.rejected, rejectionFigures.waiting].map((figure) =>
            healthFigurePanel(
              context,
              figure,
              rejectionFigureQuery({ figure, name: say(context, figure.name) }),
              12,
              next,
            ),
          ),
          timeSeriesPanel(
            context,
            say(context, { en: "Rejected by day and reason", zh: "每日被拒（按原因）" }),
            12,
            next,
            "stacked",
          )
            .description(describeHealth(context, [rejectionFigures.rejected]))
            .unit("locale")
            .decimals(0)
            .withTarget(new SqlTarget(rejectionSeriesQuery(), "time_series")),
          rejectionTable(context),
        ],
      },
      {
        title: { en: "Lag and assumptions", zh: "延迟与推定" },
        panels: [
          healthFigurePanel(
            context,
            lagFigures.counters,
            counterLagQuery(say(context, lagFigures.counters.name), true),
            6,
            next,
          ),
          healthFigurePanel(
            context,
            lagFigures.sweeper,
            sweeperLagQuery(say(context, lagFigures.sweeper.name), true),
            6,
            next,
          ),
          ...[coverageFigures.timed, coverageFigures.assumed].map((figure) =>
            healthFigurePanel(context, figure, coverageQuery({ figure, name: say(context, figure.name) }), 6, next),
          ),
          figurePanel(context, "ai_resolved_idle", 8, "dictionary"),
          figurePanel(context, "sessions_open", 8, "dictionary"),
          figurePanel(context, "reused_session_ids", 8, "dictionary"),
        ],
      },
      {
        title: { en: "Events", zh: "事件" },
        collapsed: true,
        panels: [
          timeSeriesPanel(context, say(context, eventsByName.name), 24, next, "stacked")
            .description(describeHealth(context, [eventsByName]))
            .unit("locale")
            .decimals(0)
            .withTarget(new SqlTarget(eventSeriesQuery(), "time_series")),
        ],
      },
    ],
  };
}

function sourceTable(context: BoardContext): PanelBuilder {
  const figures = [
    sourceFigures.recorded,
    sourceFigures.seen,
    sourceFigures.missing,
    sourceFigures.dropped,
    sourceFigures.completeness,
  ];
  const names = {
    service: say(context, { en: "Service", zh: "服务" }),
    sources: say(context, { en: "Sources", zh: "来源数" }),
    lastSeen: say(context, { en: "Last seen", zh: "最近出现" }),
  };
  const columns = figures.map((figure) => ({ figure, name: say(context, figure.name) }));
  let panel = tablePanel(context, say(context, { en: "By service", zh: "按服务" }), 24, next)
    .description(describeHealth(context, figures))
    .unit("locale")
    .withTarget(new SqlTarget(sourceTableQuery(columns, names, sourceFigures.missing), "table"));
  for (const { figure, name } of columns) {
    panel = panel.overrideByName(name, [
      { id: "unit", value: healthUnit(figure) },
      { id: "decimals", value: figure.unit === "percent" ? 2 : 0 },
    ]);
  }
  return panel.overrideByName(names.lastSeen, [{ id: "unit", value: "dateTimeAsIso" }]);
}

function rejectionTable(context: BoardContext): PanelBuilder {
  const names = {
    code: say(context, { en: "Reason", zh: "原因代码" }),
    event: say(context, { en: "Event", zh: "事件" }),
    service: say(context, { en: "Service", zh: "服务" }),
    rejected: say(context, rejectionFigures.rejected.name),
    waiting: say(context, rejectionFigures.waiting.name),
    last: say(context, { en: "Last", zh: "最近一次" }),
  };
  return tablePanel(context, say(context, { en: "Reasons", zh: "被拒原因" }), 12, next)
    .description(describeHealth(context, [rejectionFigures.rejected, rejectionFigures.waiting]))
    .unit("locale")
    .overrideByName(names.last, [{ id: "unit", value: "dateTimeAsIso" }])
    .withTarget(new SqlTarget(rejectionTableQuery(names), "table"));
}
