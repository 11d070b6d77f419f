import type { FastifyRequest } from "fastify";

/** Where products reach this receiver, as the browser does; an address that no header may make a command of. */
export function addressOf({ headers }: Pick<FastifyRequest, "headers">, basePath: string): string {
  const host = headers.host ?? "";
  const known = /^[\w.-]+(:\d{1,5})?$|^\[[\da-f:]+\](:\d{1,5})?$/i.test(host) ? host : "localhost";
  const scheme = headers["x-forwarded-proto"] === "https" ? "https" : "http";
  return `${scheme}://${known}${basePath}`;
}

/** The first event from a shell: a conversation that begins, and the answer of the AI. */
export function firstEventByCurl(address: string, nowMs: number, asksForToken: boolean): string {
  const time = `${nowMs}000000`;
  const session = attribute("session_id", { stringValue: `first-${nowMs}` });
  const event = (name: string, attributes: readonly unknown[]) => ({
    name,
    timeUnixNano: time,
    attributes: [session, ...attributes],
  });
  const message = event("session.message", [
    attribute("role", { stringValue: "ai" }),
    attribute("response_time_ms", { intValue: "1480" }),
  ]);
  const span = {
    traceId: nowMs.toString(16).padStart(32, "0"),
    spanId: nowMs.toString(16).padStart(16, "0"),
    name: "first",
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    events: [event("session.start", [attribute("channel", { stringValue: "web" })]), message],
  };
  const resource = { attributes: [attribute("service.name", { stringValue: "first-event" })] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  const token = asksForToken ? " -H 'authorization: Bearer TOKEN_OF_INGEST_TOKENS'" : "";
  return `curl ${address}/v1/traces -H 'content-type: application/json'${token} -d '${body}'`;
}

/** The same from a product. */
export function firstEventBySdk(address: string): string {
  return `// npm install @spanledger/sdk @opentelemetry/api
import { recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";

startBusinessEvents({ serviceName: "ai-chatbot", endpoint: "${address}" });
recordBusinessEvent("session.start", { session_id: "s-1", channel: "web" });
recordBusinessEvent("session.message", { session_id: "s-1", role: "ai", response_time_ms: 1480 });`;
}

function attribute(key: string, value: unknown): unknown {
  return { key, value };
}
