import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connectionTimes, createHttpServer } from "../receiving/create-http-server.ts";
import { statusCode } from "../receiving/encode-otlp-answer.ts";
import { Exchange } from "../receiving/exchange.ts";
import { securityHeaders } from "./add-security-headers.ts";
import { createBasePathRemover } from "./base-path.ts";

/** What the receiver does before it listens: `waiting` for PostgreSQL, or `preparing` what it needs. */
export type StartPhase = "preparing" | "waiting";

const retryAfterSeconds = 5;
const phaseTexts: Readonly<Record<StartPhase, string>> = {
  preparing: "the receiver is starting",
  waiting: "the receiver waits for PostgreSQL; its log says why",
};
const otlpPaths: ReadonlyMap<string | undefined, Exchange["signal"]> = new Map([
  ["/v1/traces", "traces"],
  ["/v1/logs", "logs"],
  ["/v1/metrics", "metrics"],
]);

/**
 * A server for the time before the receiver can listen: `/livez` is 200, so that nothing restarts a process that only waits,
 * `/readyz` is 503, and senders are told to come again. Every answer closes its connection: the next one meets the receiver.
 */
export function createStartingServer(basePath: string, phase: () => StartPhase): Server {
  const withoutBasePath = createBasePathRemover(basePath);
  return createHttpServer(connectionTimes, (request, response) => {
    // A connection that is closed with a body unread may lose the answer.
    request.resume().once("end", () => answer(request, response, withoutBasePath(request.url), phase()));
  });
}

function answer(request: IncomingMessage, response: ServerResponse, url: string | undefined, phase: StartPhase): void {
  const path = url?.split("?", 1)[0];
  const signal = otlpPaths.get(path);
  if (signal !== undefined) {
    new Exchange(signal, request, response, { isDraining: () => true }).refuse(
      503,
      statusCode.unavailable,
      `starting: ${phaseTexts[phase]}. Send again.`,
      { "retry-after": String(retryAfterSeconds) },
    );
    return;
  }
  if (path === "/livez") return send(response, 200, { status: "alive" });
  const retryAfter = { "retry-after": path === "/readyz" ? "1" : String(retryAfterSeconds) };
  if (path === "/readyz") {
    const database = phase === "waiting" ? "unreachable" : "unknown";
    const checks = { start: phaseTexts[phase], draining: "ok", ingest: "ok", database, migrations: "unknown" };
    return send(response, 503, { status: "not_ready", checks }, retryAfter);
  }
  send(response, 503, { error: { code: "starting", message: `${phaseTexts[phase]}: ask again` } }, retryAfter);
}

function send(response: ServerResponse, status: number, document: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, {
    ...securityHeaders,
    "content-type": "application/json; charset=utf-8",
    connection: "close",
    ...headers,
  });
  response.end(JSON.stringify(document));
}
