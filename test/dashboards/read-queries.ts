import { generateDashboards } from "../../dashboards/generate-dashboards.ts";
import type { GeneratedDashboard } from "../../dashboards/generate-dashboards.ts";
import type { BoardLanguage } from "../../dashboards/board-context.ts";

// The committed JSON is what Grafana reads: typed as loosely as Grafana does.
export interface BoardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly BoardTarget[];
  readonly panels?: readonly BoardPanel[];
  readonly links?: readonly { readonly url: string; readonly title: string }[];
  readonly options?: any;
  readonly fieldConfig?: any;
}

interface BoardTarget {
  readonly refId: string;
  readonly rawSql: string;
  readonly format: "table" | "time_series";
  readonly datasource: { readonly type: string; readonly uid: string };
}

export interface BoardQuery {
  /** `zh/overview · 会话数`, to tell which one failed. */
  readonly where: string;
  readonly board: string;
  readonly language: BoardLanguage;
  readonly kind: "panel" | "variable" | "annotation";
  readonly panel: BoardPanel | null;
  readonly format: "table" | "time_series";
  readonly sql: string;
}

/** The dashboards as JSON, not as the objects that made it. */
export const boards = generateDashboards().map(readBoard);

/** A dashboard as Grafana reads it. */
export function readBoard({ path, language, json }: Pick<GeneratedDashboard, "path" | "language" | "json">) {
  const name = path.slice(path.indexOf("/") + 1, -".json".length);
  return { path, name, language, model: JSON.parse(json) as any };
}

/** Panels of a dashboard, those within collapsed rows too; rows themselves are not among them. */
export function panelsOf(model: any): BoardPanel[] {
  return (model.panels as BoardPanel[])
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .filter((panel) => panel.type !== "row");
}

/** Every query that Grafana would send: of panels, variables and annotations. */
export const boardQueries: readonly BoardQuery[] = boards.flatMap(queriesOf);

/** The queries of one dashboard. */
export function queriesOf({ name, language, model }: (typeof boards)[number]): BoardQuery[] {
  const common = { board: name, language };
  const of = (title: string): string => `${language}/${name} · ${title}`;
  return [
    ...panelsOf(model).flatMap((panel) =>
      (panel.targets ?? []).map((target): BoardQuery => ({
        ...common,
        where: of(panel.title),
        kind: "panel",
        panel,
        format: target.format,
        sql: target.rawSql,
      })),
    ),
    ...model.templating.list
      .filter((variable: any) => variable.type === "query")
      .map((variable: any): BoardQuery => ({
        ...common,
        where: of(`$${variable.name}`),
        kind: "variable",
        panel: null,
        format: "table",
        sql: variable.query,
      })),
    ...(model.annotations.list ?? []).map((annotation: any): BoardQuery => ({
      ...common,
      where: of(annotation.name),
      kind: "annotation",
      panel: null,
      format: annotation.target.format,
      sql: annotation.target.rawSql,
    })),
  ];
}
