import { readTenantToday } from "../../stats/read-period.ts";
import { shorten } from "../../stats/report-period.ts";
import { RequestError } from "../../stats/request-error.ts";
import { readSessionDocument } from "../../stats/session-document.ts";
import { readAgentNames } from "../../stats/sql/read-agent-names.ts";
import { sendPage } from "../page/page-shell.ts";
import { localeOfPage, readQuery } from "../page/read-query.ts";
import { renderSession } from "../sessions/render-session.ts";
import { agentsIn } from "../sessions/tell-event.ts";
import type { WebApp, WebContext } from "../web-options.ts";
import { frameOf } from "../page/page-frame.ts";

const eventsOfPage = 200;

/** `/report/sessions/{session_id}`: a session with its events. */
export function routeSessionPage(app: WebApp, context: WebContext): void {
  app.get<{ Params: { session_id: string } }>(
    "/report/sessions/:session_id",
    { schema: { hide: true } },
    async (request, reply) => {
      const query = readQuery(request, ["after"]);
      const locale = localeOfPage(query, context.locale);
      const sessionId = request.params.session_id;
      if (sessionId.length > 128 || sessionId.includes("\0")) {
        throw new RequestError(
          "session_not_found",
          `there is no session "${shorten(sessionId.replaceAll("\0", ""))}"`,
          "session_id",
          404,
        );
      }
      const tenantId = context.tenantOf(request);
      const [{ tenant }, session] = await Promise.all([
        readTenantToday(context, tenantId),
        readSessionDocument(context, tenantId, sessionId, { after: query["after"], limit: eventsOfPage }),
      ]);
      const agentIds = new Set(session.events.flatMap(agentsIn));
      const view = {
        session,
        timezone: tenant.timezone,
        after: query["after"] ?? null,
        agentNames: await readAgentNames(context.pool, tenantId, [...agentIds]),
      };
      return sendPage(reply, renderSession(view, locale, frameOf(context, request)), locale);
    },
  );
}
