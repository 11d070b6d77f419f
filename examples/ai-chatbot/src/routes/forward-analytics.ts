import type { FastifyPluginAsync } from "fastify";

/** `GET /api/analytics/*` of a chatbot without a database: the receiver's answer as it is. */
export const forwardAnalyticsRoute: FastifyPluginAsync<{ receiverUrl: string }> = async (app, { receiverUrl }) => {
  app.get("/api/analytics/*", async (request, reply) => {
    let answer: Response;
    try {
      answer = await fetch(new URL(request.url, receiverUrl), { signal: AbortSignal.timeout(10_000) });
    } catch (error) {
      request.log.warn({ err: error }, "receiver not reached");
      return reply.code(502).send({
        error: {
          code: "receiver_unreachable",
          message: `no answer from the receiver at ${receiverUrl}; start it, or set ANALYTICS_URL or DATABASE_URL`,
        },
      });
    }
    return reply
      .code(answer.status)
      .header("content-type", answer.headers.get("content-type") ?? "application/json")
      .send(Buffer.from(await answer.arrayBuffer()));
  });
};
