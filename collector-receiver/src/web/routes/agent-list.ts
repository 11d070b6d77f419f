import { periodOfPage, periodParameterNames, periodAddress, periodSlug } from "../../stats/name-period.ts";
import { agentTableMetrics } from "../../stats/agent-figures.ts";
import { listOrderOf } from "../../stats/lists/list-order.ts";
import { readTenantToday } from "../../stats/read-period.ts";
import { parsePeriod } from "../../stats/report-period.ts";
import { readAgentNames } from "../../stats/sql/read-agent-names.ts";
import { readAgentTable } from "../../stats/sql/read-agent-table.ts";
import { renderAgentList, writeAgentCsv } from "../events/render-agent-list.ts";
import type { AgentListView } from "../events/render-agent-list.ts";
import { maxCsvRows } from "../export/write-list-csv.ts";
import { sendCsv } from "../lists/send-csv.ts";
import { frameOf } from "../page/page-frame.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { PageQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";

const agentsOfPage = 100;
const parameters = [...periodParameterNames, "q", "sort", "after", "before"];
const isPosition = { key: /^-?\d{1,60}(?:\.\d{1,60})?$/, id: /^-?\d{1,10}$/ };
const sorts: readonly [string, ...string[]] = ["number", ...agentTableMetrics.keys()];

/** `/report/agents?month=`: all agents of a period in one table, and as `/report/agents.csv`. */
export function routeAgentList(app: WebApp, context: WebContext): void {
  app.get("/report/agents", { schema: { hide: true } }, async (request, reply) => {
    const query = readQuery(request, parameters);
    const locale = localeOfPage(query, context.locale);
    const view = await readView(context, context.tenantOf(request), query, agentsOfPage);
    return sendPage(reply, renderAgentList(view, locale, frameOf(context, request)), locale);
  });
  app.get("/report/agents.csv", { schema: { hide: true } }, async (request, reply) => {
    const { after: _, before: __, ...query } = readQuery(request, parameters);
    const view = await readView(context, context.tenantOf(request), query, maxCsvRows);
    return sendCsv(
      reply,
      `agents-${periodSlug(view.period)}`,
      writeAgentCsv(view, localeOfPage(query, context.locale)),
    );
  });
}

/** @throws RequestError if a parameter is wrong */
async function readView(
  context: WebContext,
  tenantId: string,
  query: PageQuery,
  limit: number,
): Promise<AgentListView> {
  const { tenant, today } = await readTenantToday(context, tenantId);
  const days = parsePeriod(periodOfPage(query), today);
  const search = (query["q"] ?? "").replaceAll("\0", "").trim() || null;
  const order = listOrderOf({ ...query, sort: query["sort"] ?? "-sessions_handled" }, sorts, isPosition);
  const table = await readAgentTable(context.pool, tenantId, {
    days,
    search,
    order,
    metrics: agentTableMetrics,
    limit,
  });
  const { rows } = table.part;
  return {
    ...table,
    period: days,
    at: periodAddress(days),
    timezone: tenant.timezone,
    currency: tenant.currency,
    agentNames: await readAgentNames(
      context.pool,
      tenantId,
      rows.map(({ agentId }) => agentId),
    ),
    order,
    search,
    here: { after: query["after"] ?? null, before: query["before"] ?? null },
  };
}
