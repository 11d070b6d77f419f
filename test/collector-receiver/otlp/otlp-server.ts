import { fastify } from "fastify";
import type { Ingest } from "../../../collector-receiver/src/ingest/ingest-port.ts";
import type { MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { defaultMappingLimits } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";
import {
  otlpRoutes,
  type OtlpRequestFacts,
  type OtlpRoutesOptions,
} from "../../../collector-receiver/src/otlp/otlp-routes.ts";
import { createTenantResolver } from "../../../collector-receiver/src/otlp/resolve-ingest-token.ts";

/** A real HTTP server with the routes; what they submit is kept in memory, storage is not under test. */
export interface OtlpServer {
  readonly url: string;
  readonly submitted: MappedRequest[];
  readonly facts: OtlpRequestFacts[];
  close(): Promise<void>;
}

export async function startOtlpServer(over: Partial<OtlpRoutesOptions> = {}): Promise<OtlpServer> {
  const submitted: MappedRequest[] = [];
  const facts: OtlpRequestFacts[] = [];
  const ingest: Ingest = {
    async submit(request) {
      submitted.push(request);
      return { inserted: request.events.length, duplicates: 0, refused: [] };
    },
  };
  const app = fastify();
  await app.register(otlpRoutes, {
    ingest,
    resolveTenant: createTenantResolver([]),
    retainedFromMs: () => null,
    countedAttributes,
    mappingLimits: defaultMappingLimits,
    maxBodyBytes: 4 * 1024 * 1024,
    maxInflatedBytes: 8 * 1024 * 1024,
    maxBufferedBytes: 64 * 1024 * 1024,
    onRequest: (request) => facts.push(request),
    ...over,
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, submitted, facts, close: () => app.close() };
}
