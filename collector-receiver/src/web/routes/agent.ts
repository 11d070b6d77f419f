import { periodOfPage, periodParameterNames, periodAddress } from "../../stats/name-period.ts";
import { readAgentsDocument } from "../../stats/agents.ts";
import { operationsOf } from "../../stats/operations.ts";
import { readOperations } from "../../stats/read-operations.ts";
import { readAgentDays } from "../../stats/sql/read-agent-days.ts";
import { renderAgent } from "../events/render-agent.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { readId } from "../page/read-id.ts";
import { frameOf } from "../page/page-frame.ts";

/** `/report/agents/{agent_id}`: an agent's figures in a period. */
export function routeAgent(app: WebApp, context: WebContext): void {
  app.get<{ Params: { agent_id: string } }>(
    "/report/agents/:agent_id",
    { schema: { hide: true } },
    async (request, reply) => {
      const query = readQuery(request, periodParameterNames);
      const locale = localeOfPage(query, context.locale);
      const agentId = readId(request.params.agent_id, "agent_id", "agent_not_found", 404);
      const tenantId = context.tenantOf(request);
      const only = { limit: 1, agentId };
      const document = await readAgentsDocument(context, tenantId, periodOfPage(query), locale, only);
      const at = periodAddress({ startDate: document.start_date, endDate: document.end_date });
      const [reading, days] = await Promise.all([
        readOperations(context, tenantId, at),
        readAgentDays(context.pool, tenantId, agentId, { startDate: document.start_date, endDate: document.end_date }),
      ]);
      const { currency } = reading.period.tenant;
      const own = reading.agents.filter((agent) => agent.agentId === agentId);
      const operations = await operationsOf(reading, locale, own);
      return sendPage(
        reply,
        renderAgent({ agentId, at, document, operations, days, currency }, locale, frameOf(context, request)),
        locale,
      );
    },
  );
}
