import type { FastifyPluginAsync } from "fastify";
import { takeForms } from "./page/take-forms.ts";
import { createErrorPage } from "./page/answer-error-page.ts";
import { routeAgentList } from "./routes/agent-list.ts";
import { routeAgent } from "./routes/agent.ts";
import { routeDataQualityPages } from "./routes/data-quality.ts";
import { routeEventList } from "./routes/event-list.ts";
import { routeTicket } from "./routes/ticket.ts";
import { routeTicketList } from "./routes/ticket-list.ts";
import { routeMonths } from "./routes/months.ts";
import { routeReportFiles } from "./routes/report-files.ts";
import { routeSessionPage } from "./routes/session.ts";
import { routeSessions } from "./routes/sessions.ts";
import { routeLivePage } from "./routes/live.ts";
import { routeShare } from "./routes/share.ts";
import { routeShared } from "./routes/shared.ts";
import { routeSignIn } from "./routes/sign-in.ts";
import { routeReport } from "./routes/report.ts";
import type { WebContext, WebOptions } from "./web-options.ts";

/**
 * The pages for people: the months, the report and its files, the way back to sessions, agents, tickets and events, shared
 * copies, the live wall. In a scope of their own: an error is answered with a page.
 */
export const webPlugin: FastifyPluginAsync<WebOptions> = async (app, options) => {
  const context: WebContext = { ...options, now: options.now ?? Date.now, sampleData: options.sampleData ?? false };
  app.setErrorHandler(createErrorPage(context));
  takeForms(app);
  routeSignIn(app, context);
  routeMonths(app, context);
  routeReport(app, context);
  routeReportFiles(app, context);
  routeSessions(app, context);
  routeSessionPage(app, context);
  routeEventList(app, context);
  routeTicketList(app, context);
  routeAgentList(app, context);
  routeAgent(app, context);
  routeTicket(app, context);
  routeDataQualityPages(app, context);
  routeShare(app, context);
  routeShared(app, context);
  routeLivePage(app, context);
};
