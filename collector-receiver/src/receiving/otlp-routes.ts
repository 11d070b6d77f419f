import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { OtlpReceiver } from "./otlp-receiver.ts";

const otherMethods = ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"];

/**
 * What `takeOtlpRequest` leaves to the router: `/v1/metrics` (taken and discarded), other methods, and other
 * ways to write the two addresses.
 */
export async function otlpRoutes(app: FastifyInstance, { receiver }: { receiver: OtlpReceiver }): Promise<void> {
  // The body is read by the receiver, not by Fastify: its limits and answers have to be OTLP's.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  for (const signal of ["traces", "logs", "metrics"] as const) {
    const url = `/v1/${signal}`;
    app.post(url, async (request: FastifyRequest, reply: FastifyReply) => {
      reply.hijack();
      receiver.receive(signal, request.raw, reply.raw);
    });
    app.route({
      method: otherMethods,
      url,
      exposeHeadRoute: true,
      handler: async (request, reply) => {
        reply.hijack();
        receiver.refuseMethod(signal, request.raw, reply.raw);
      },
    });
  }
}
