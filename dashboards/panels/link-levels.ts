/** From a panel to the next level of detail. */
import { DashboardLinkBuilder, DashboardLinkType } from "@grafana/grafana-foundation-sdk/dashboard";
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import { say } from "../board-context.ts";
import type { BoardContext } from "../board-context.ts";

export type BoardName =
  | "overview"
  | "ai-chatbot"
  | "agent-workbench"
  | "tickets"
  | "agents"
  | "data-quality"
  | "own-metrics"
  | "receiver-health";

/** Titles of all dashboards, in the order from the whole to its parts. */
export const boardTitles: Readonly<Record<BoardName, LocalText>> = {
  overview: { en: "Spanledger 1 · Overview", zh: "Spanledger 1 · 总览" },
  "ai-chatbot": { en: "Spanledger 2 · AI chatbot", zh: "Spanledger 2 · AI 客服" },
  "agent-workbench": { en: "Spanledger 3 · Agent workbench", zh: "Spanledger 3 · 坐席工作台" },
  tickets: { en: "Spanledger 4 · Tickets and SLA", zh: "Spanledger 4 · 工单与 SLA" },
  agents: { en: "Spanledger 5 · Agents one by one", zh: "Spanledger 5 · 坐席明细" },
  "data-quality": { en: "Spanledger 6 · Data quality", zh: "Spanledger 6 · 数据质量" },
  "receiver-health": { en: "Spanledger 7 · Receiver health", zh: "Spanledger 7 · 接收器健康" },
  "own-metrics": { en: "Spanledger 8 · Own metrics", zh: "Spanledger 8 · 自定义指标" },
};

/** At most 40 characters, and the same on every Grafana, so that links between dashboards hold. */
export function boardUid(context: BoardContext, board: BoardName): string {
  return `spanledger-${board}-${context.language}`;
}

/** Where a panel leads: another dashboard, or a page of the receiver. */
export type NextLevel = BoardName | "dictionary" | "prometheus" | "openapi";

const receiverPages: Readonly<
  Record<Exclude<NextLevel, BoardName>, { readonly path: string; readonly title: LocalText }>
> = {
  dictionary: { path: "/api/analytics/metrics", title: { en: "Dictionary of the metrics", zh: "指标字典" } },
  prometheus: { path: "/metrics", title: { en: "The receiver's Prometheus metrics", zh: "接收器的 Prometheus 指标" } },
  openapi: { path: "/docs", title: { en: "The receiver's API", zh: "接收器 API 文档" } },
};

/** A link to the next level that keeps the time range, the tenant and the datasource. */
export function linkTo(context: BoardContext, next: NextLevel): DashboardLinkBuilder {
  if (next in boardTitles) {
    const board = next as BoardName;
    return new DashboardLinkBuilder(say(context, boardTitles[board]))
      .type(DashboardLinkType.Link)
      .url(boardUrl(context, board));
  }
  const page = receiverPages[next as keyof typeof receiverPages];
  return new DashboardLinkBuilder(say(context, page.title))
    .type(DashboardLinkType.Link)
    .url(`\${receiver_url}${page.path}`)
    .targetBlank(true);
}

/** The address of a dashboard with the choices of this one. */
export function boardUrl(context: BoardContext, board: BoardName): string {
  return `/d/${boardUid(context, board)}?\${__url_time_range}&\${datasource:queryparam}&\${tenant:queryparam}`;
}
