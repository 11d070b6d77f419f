import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import { statsPlugin, type StatsOptions } from "@spanledger/collector-receiver/stats";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import type { ModelAccess } from "./ask-model.ts";
import { ChatSessions } from "./domain/chat-sessions.ts";
import type { ThinkingPace } from "./domain/thinking-pace.ts";
import type { WorkbenchUrl } from "./hand-over-session.ts";
import { forwardAnalyticsRoute } from "./routes/forward-analytics.ts";
import { chatRoute } from "./routes/chat.ts";
import { chatStreamRoute } from "./routes/chat-stream.ts";
import { endSessionRoute } from "./routes/end-session.ts";
import { escalateSessionRoute } from "./routes/escalate-session.ts";
import { trackingRoute } from "./routes/tracking.ts";
import type { ChatServices } from "./run-turn.ts";

export interface ChatbotOptions {
  readonly pace: ThinkingPace;
  /** Who puts answers into words; without one they are said as they were composed. */
  readonly model?: ModelAccess | null;
  readonly workbenchUrl: WorkbenchUrl;
  /** Where the numbers of `/api/analytics` come from: our own reading of the database, or a receiver's URL. */
  readonly analytics: StatsOptions | string;
  readonly logger?: FastifyServerOptions["logger"];
}

/** The AI customer service: chat, streamed chat, parcels, and the case study built from its events. */
export async function buildChatbot(options: ChatbotOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: options.logger ?? false,
    forceCloseConnections: true,
  }).withTypeProvider<TypeBoxTypeProvider>();
  const services: ChatServices = {
    sessions: new ChatSessions(),
    pace: options.pace,
    model: options.model ?? null,
    workbenchUrl: options.workbenchUrl,
    log: app.log,
  };

  app.get("/livez", async () => ({ status: "ok" }));
  await app.register(async (chat) => {
    chat.setErrorHandler(
      (error: Error & { statusCode?: number; code?: string; validation?: unknown }, request, reply) => {
        const status = error.statusCode ?? 500;
        if (status >= 500) request.log.error({ err: error }, "request failed");
        return reply.code(status).send({
          error: {
            code: error.validation === undefined ? (error.code ?? "internal_error") : "request_invalid",
            message: status >= 500 ? "the assistant failed on this request; try again" : error.message,
          },
        });
      },
    );
    for (const route of [chatRoute, chatStreamRoute, endSessionRoute, escalateSessionRoute, trackingRoute]) {
      await chat.register(route, { services });
    }
  });
  if (typeof options.analytics === "string") {
    await app.register(forwardAnalyticsRoute, { receiverUrl: options.analytics });
  } else {
    await app.register(statsPlugin, options.analytics);
  }
  return app;
}
