import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { flush, shutdown, startBusinessEvents } from "@spanledger/sdk";
import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { mapRequest } from "../../collector-receiver/src/mapping/map-request.ts";
import { defaultMappingLimits, type MappingContext } from "../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../collector-receiver/src/metrics/event-counters.ts";

/** What arrived over the wire, as the receiver's own mapping reads it. */
export interface ReceivedEvent {
  readonly name: string;
  readonly attributes: Record<string, unknown>;
  readonly traceId: string | null;
}

export interface BusinessEventSink {
  /** Everything recorded since the last call, in the order of recording. */
  take(): Promise<ReceivedEvent[]>;
  close(): Promise<void>;
}

const mappingContext: MappingContext = {
  tenant: { kind: "believed", defaultTenantId: "default" },
  nowMs: Date.now(),
  retainedFromMs: () => null,
  countedAttributes,
  limits: defaultMappingLimits,
};

/** An OTLP server, and the SDK of this process sending to it. */
export async function startBusinessEventSink(): Promise<BusinessEventSink> {
  const received: BusinessEvent[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const bytes = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
      if (request.headers["content-type"]?.startsWith("application/x-protobuf") !== true) {
        throw new Error(`the SDK sent ${request.headers["content-type"]}`);
      }
      const mapped = mapRequest(bytes, "protobuf", "traces", mappingContext);
      if (mapped.rejected.length > 0) throw new Error(mapped.rejected[0]!.reason);
      received.push(...mapped.events);
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  startBusinessEvents({ serviceName: "under-test", endpoint: `http://127.0.0.1:${port}`, batchDelayMs: 10 });
  return {
    async take() {
      if (!(await flush())) throw new Error("the SDK could not send what was recorded");
      return received
        .splice(0)
        .sort((a, b) => (a.source?.seq ?? 0) - (b.source?.seq ?? 0))
        .map((event) => ({
          name: event.name,
          attributes: JSON.parse(Buffer.from(event.eventData).toString()) as Record<string, unknown>,
          traceId: event.traceId,
        }));
    },
    async close() {
      await shutdown();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
