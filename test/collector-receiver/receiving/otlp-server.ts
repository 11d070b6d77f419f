import { fastify } from "fastify";
import { connectionTimes, createHttpServer } from "../../../collector-receiver/src/receiving/create-http-server.ts";
import { FairShares } from "../../../collector-receiver/src/fairness/fair-shares.ts";
import type { Ingest } from "../../../collector-receiver/src/ingest/ingest-port.ts";
import type { MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { defaultMappingLimits } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";
import { OtlpReceiver, type OtlpOptions } from "../../../collector-receiver/src/receiving/otlp-receiver.ts";
import type { AnsweredRequest } from "../../../collector-receiver/src/receiving/answered-request.ts";
import { createTenantResolver } from "../../../collector-receiver/src/receiving/resolve-ingest-token.ts";
import { takeOtlpRequest } from "../../../collector-receiver/src/receiving/take-otlp-request.ts";

/** A real HTTP server with the receiver in front of the routes, as in the app; what they submit is kept in memory, storage is not under test. */
export interface OtlpServer {
  readonly url: string;
  readonly receiver: OtlpReceiver;
  readonly submitted: MappedRequest[];
  readonly answered: AnsweredRequest[];
  close(): Promise<void>;
}

export async function startOtlpServer(over: Partial<OtlpOptions> = {}): Promise<OtlpServer> {
  const submitted: MappedRequest[] = [];
  const answered: AnsweredRequest[] = [];
  const ingest: Ingest = {
    async submit(request) {
      submitted.push(request);
      return { inserted: request.events.length, duplicates: 0, refused: [] };
    },
  };
  const receiver = new OtlpReceiver({
    ingest,
    resolveTenant: createTenantResolver([]),
    retainedFromMs: () => null,
    countedAttributes,
    mappingLimits: defaultMappingLimits,
    maxBodyBytes: 4 * 1024 * 1024,
    maxInflatedBytes: 8 * 1024 * 1024,
    bodies: new FairShares(64 * 1024 * 1024),
    onRequest: (request) => answered.push(request),
    onFault: () => {},
    ...over,
  });
  const app = fastify({
    serverFactory: (route) =>
      createHttpServer(connectionTimes, (request, response) => {
        if (!takeOtlpRequest(receiver, request, response)) route(request, response);
      }),
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, receiver, submitted, answered, close: () => app.close() };
}
