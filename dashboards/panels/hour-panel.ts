import { TableCellBackgroundDisplayMode, TableCellDisplayMode } from "@grafana/grafana-foundation-sdk/common";
import { FieldColorBuilder, FieldColorModeId } from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { hourTableQuery } from "../sql/hour-query.ts";
import { describeHealth } from "./describe-figures.ts";
import type { HealthFigure } from "./health-figures.ts";
import type { NextLevel } from "./link-levels.ts";
import { SqlTarget } from "./sql-target.ts";
import { tablePanel } from "./table-panels.ts";

const conversationsByHour: HealthFigure = {
  name: { en: "Conversations by weekday and hour", zh: "各星期各小时的会话" },
  meaning: {
    en: "Conversations that started in an hour of a weekday, in the tenant's timezone, over all days of the range.",
    zh: "所选日期内，各星期各小时开始的会话数，按租户时区计。",
  },
  formula: "sum(analytics_hour_counters.conversations)",
  unit: "count",
  sql: "sum(conversations)",
};

const weekdays = {
  en: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
  zh: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
} as const;

/** A row a weekday, a column an hour, darker where more conversations start. */
export function hourPanel(context: BoardContext, width: number, next: NextLevel): TableBuilder {
  const weekday = say(context, { en: "Weekday", zh: "星期" });
  const shade = { type: TableCellDisplayMode.ColorBackground, mode: TableCellBackgroundDisplayMode.Basic };
  return tablePanel(context, say(context, conversationsByHour.name), width, next)
    .height(9)
    .description(describeHealth(context, [conversationsByHour]))
    .unit("locale")
    .decimals(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.ContinuousBlues))
    .minWidth(44)
    .overrideByRegexp(String.raw`/^\d\d$/`, [{ id: "custom.cellOptions", value: shade }])
    .withTarget(new SqlTarget(hourTableQuery(weekday, weekdays[context.language]), "table"));
}
