/** A product with named ESM imports of node:http, as they are written in most code. */
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import { recordBusinessEvent } from "@spanledger/sdk";

const server = createServer((incoming, response) => {
  const traceId = trace.getActiveSpan()?.spanContext().traceId ?? "none";
  // The caller's instrumentation says who it was; without it there is no such header.
  recordBusinessEvent("shop.visited", {
    trace_id: traceId,
    traceparent: String(incoming.headers["traceparent"] ?? "none"),
  });
  response.end();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
await new Promise((resolve) => {
  get(`http://127.0.0.1:${port}/`, (response) => response.resume().on("end", resolve));
});
server.close();
