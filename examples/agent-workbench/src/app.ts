import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { Agents } from "./domain/agents.ts";
import { SessionDesk } from "./domain/session-desk.ts";
import { Tickets } from "./domain/tickets.ts";
import { agentStatusRoute } from "./routes/agent-status.ts";
import { assignTicketRoute } from "./routes/assign-ticket.ts";
import { closeTicketRoute } from "./routes/close-ticket.ts";
import { createTicketRoute } from "./routes/create-ticket.ts";
import { loginRoute } from "./routes/login.ts";
import { logoutRoute } from "./routes/logout.ts";
import { releaseSessionRoute } from "./routes/release-session.ts";
import { sessionMessageRoute } from "./routes/session-message.ts";
import { takeoverSessionRoute } from "./routes/takeover-session.ts";
import { transferSessionRoute } from "./routes/transfer-session.ts";
import { updateTicketRoute } from "./routes/update-ticket.ts";
import { waitingSessionsRoute } from "./routes/waiting-sessions.ts";
import { WorkbenchError } from "./workbench-error.ts";
import type { WorkbenchServices } from "./workbench-services.ts";

export interface WorkbenchOptions {
  /** What every agent of the sample team logs in with. */
  readonly password: string;
  readonly logger?: FastifyServerOptions["logger"];
}

/** The workbench of human agents: shifts, chats that were taken over, tickets. */
export async function buildWorkbench(options: WorkbenchOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: options.logger ?? false,
    forceCloseConnections: true,
  }).withTypeProvider<TypeBoxTypeProvider>();
  const services: WorkbenchServices = {
    agents: new Agents(options.password),
    desk: new SessionDesk(),
    tickets: new Tickets(),
  };

  // `curl -d '{…}'` without a content type says that it is a form; the plan's commands do that.
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    app.getDefaultJsonParser("error", "error"),
  );
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string; validation?: unknown }, request, reply) => {
    if (error instanceof WorkbenchError) {
      return reply.code(error.statusCode).send({ error: { code: error.code, message: error.message } });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, "request failed");
    return reply.code(status).send({
      error: {
        code: error.validation === undefined ? (error.code ?? "internal_error") : "request_invalid",
        message: status >= 500 ? "the workbench failed on this request; try again" : error.message,
      },
    });
  });

  app.get("/livez", async () => ({ status: "ok" }));
  for (const route of [
    loginRoute,
    logoutRoute,
    agentStatusRoute,
    waitingSessionsRoute,
    takeoverSessionRoute,
    sessionMessageRoute,
    releaseSessionRoute,
    transferSessionRoute,
    createTicketRoute,
    assignTicketRoute,
    updateTicketRoute,
    closeTicketRoute,
  ]) {
    await app.register(route, { services });
  }
  return app;
}
