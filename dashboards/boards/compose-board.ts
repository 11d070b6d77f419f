import type * as cog from "@grafana/grafana-foundation-sdk/cog";
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dashboard, Panel, RowPanel, VariableModel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";
import { boardTitles, boardUid } from "../panels/link-levels.ts";
import type { BoardName } from "../panels/link-levels.ts";
import { SqlTarget, boardDatasource } from "../panels/sql-target.ts";
import { settingVariableQuery, tenantVariableQuery } from "../sql/variable-query.ts";

export type PanelBuilder = cog.Builder<Panel>;

export interface BoardRow {
  readonly title: LocalText;
  readonly collapsed?: boolean;
  readonly panels: readonly PanelBuilder[];
}

export interface BoardAnnotation {
  readonly name: LocalText;
  readonly color: string;
  /** Columns time, text and tags. */
  readonly sql: string;
}

export interface Board {
  readonly name: BoardName;
  readonly description: LocalText;
  readonly introduction: PanelBuilder;
  readonly rows: readonly BoardRow[];
  readonly variables?: readonly cog.Builder<VariableModel>[];
  readonly annotations?: readonly BoardAnnotation[];
  /** Default: the current month. */
  readonly time?: { readonly from: string; readonly to: string };
}

/**
 * The classic model, which Grafana 10 to 13 load. Version 39 of its schema: later ones change nothing that is
 * used here, and a Grafana brings an older one up to date, but does not take a newer one back.
 */
const schemaVersion = 39;

/** A dashboard as Grafana's JSON has it. */
export function composeBoard(context: BoardContext, board: Board): Dashboard {
  const builder = new DashboardBuilder(say(context, boardTitles[board.name]))
    .uid(boardUid(context, board.name))
    .description(say(context, board.description))
    .tags(["spanledger", context.language])
    .timezone(context.timezone)
    .weekStart("monday")
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time(board.time ?? { from: "now/M", to: "now/M" })
    .refresh("1m")
    .variables([...commonVariables(context), ...(board.variables ?? [])])
    .annotations((board.annotations ?? []).map((annotation) => annotationOf(context, annotation)))
    .links(boardLinks(context))
    .withPanel(board.introduction);
  for (const { title, collapsed = false, panels } of board.rows) {
    const row = new RowBuilder(say(context, title)).collapsed(collapsed);
    if (collapsed) for (const panel of panels) row.withPanel(panel);
    builder.withRow(row);
    if (!collapsed) for (const panel of panels) builder.withPanel(panel);
  }
  return takeOutOfMenu(numberPanels(placePanels({ ...builder.build(), schemaVersion })));
}

/** The SDK puts links and annotations into a menu that Grafana 10 does not have; without a place they are in sight. */
function takeOutOfMenu(dashboard: Dashboard): Dashboard {
  const panels = (dashboard.panels ?? []).flatMap((panel) => [panel, ...((panel as RowPanel).panels ?? [])]);
  for (const link of [dashboard, ...panels].flatMap((holder) => (holder as Panel).links ?? [])) delete link.placement;
  return dashboard;
}

/** Columns of a dashboard. */
const columns = 24;

/** Side by side from left to right; what does not fit begins a new line. */
function placePanels(dashboard: Dashboard): Dashboard {
  let [x, y, height] = [0, 0, 0];
  const endLine = (): void => void ([x, y, height] = [0, y + height, 0]);
  const place = (panel: Panel): void => {
    const { w = columns, h = 1 } = panel.gridPos ?? {};
    if (x + w > columns) endLine();
    panel.gridPos = { x, y, w, h };
    x += w;
    height = Math.max(height, h);
  };
  for (const panel of dashboard.panels ?? []) {
    if (panel.type === "row") endLine();
    place(panel);
    if (panel.type !== "row") continue;
    endLine();
    for (const nested of (panel as RowPanel).panels ?? []) place(nested);
  }
  return dashboard;
}

/** Ids from 1 in the order of the page: Grafana would give its own at every import, and links to a panel would break. */
function numberPanels(dashboard: Dashboard): Dashboard {
  let id = 0;
  for (const panel of dashboard.panels ?? []) {
    panel.id = ++id;
    for (const nested of (panel as RowPanel).panels ?? []) nested.id = ++id;
  }
  for (const annotation of dashboard.annotations.list ?? []) delete annotation.placement;
  return dashboard;
}

/** Until the settings are read. */
const settingDefaults = {
  currency: { text: "CNY", value: "CNY" },
  timezone: { text: "Asia/Shanghai", value: "Asia/Shanghai" },
} as const;

function commonVariables(context: BoardContext): cog.Builder<VariableModel>[] {
  return [
    // The old name of the plugin: what knows the new one has it as an alias.
    new DatasourceVariableBuilder("datasource")
      .label("PostgreSQL")
      .type("postgres")
      .current({ text: "Spanledger", value: "spanledger" }),
    new QueryVariableBuilder("tenant")
      .label(say(context, { en: "Tenant", zh: "租户" }))
      .datasource(boardDatasource)
      .query(tenantVariableQuery)
      .definition(tenantVariableQuery)
      .refresh(VariableRefresh.OnDashboardLoad)
      .multi(false)
      .includeAll(false)
      .allowCustomValue(false)
      .current({ text: "default", value: "default" }),
    // Titles and the introduction name them, as the tenant's settings are when the dashboard is read.
    ...(["currency", "timezone"] as const).map((setting) =>
      new QueryVariableBuilder(setting)
        .hide(VariableHide.HideVariable)
        .datasource(boardDatasource)
        .query(settingVariableQuery(setting))
        .definition(settingVariableQuery(setting))
        .refresh(VariableRefresh.OnDashboardLoad)
        .multi(false)
        .includeAll(false)
        .current(settingDefaults[setting]),
    ),
    new TextBoxVariableBuilder("receiver_url")
      .label(say(context, { en: "Receiver", zh: "接收器地址" }))
      .defaultValue("http://127.0.0.1:4319")
      .current({ text: "http://127.0.0.1:4319", value: "http://127.0.0.1:4319" }),
  ];
}

function boardLinks(context: BoardContext): DashboardLinkBuilder[] {
  return [
    new DashboardLinkBuilder(say(context, { en: "Dashboards", zh: "仪表盘" }))
      .type(DashboardLinkType.Dashboards)
      .tags(["spanledger", context.language])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
    new DashboardLinkBuilder(say(context, { en: "Report", zh: "月度报告" }))
      .type(DashboardLinkType.Link)
      .icon("doc")
      .url(`\${receiver_url}/report?lang=${context.language === "zh" ? "zh-CN" : "en"}`)
      .targetBlank(true),
  ];
}

function annotationOf(context: BoardContext, { name, color, sql }: BoardAnnotation): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(say(context, name))
    .datasource(boardDatasource)
    .enable(true)
    .iconColor(color)
    .target(new SqlTarget(sql, "table"));
}
