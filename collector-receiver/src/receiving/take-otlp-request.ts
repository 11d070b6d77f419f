import type { IncomingMessage, ServerResponse } from "node:http";
import { isPreflight } from "./cross-origin.ts";
import type { OtlpReceiver } from "./otlp-receiver.ts";
import { isGrpc, readContentType } from "./read-otlp-headers.ts";
import { readOtlpPath } from "./read-otlp-path.ts";

/**
 * In front of the router: what is meant for OTLP goes straight to the receiver. The router, its request and reply and its
 * hooks took a third of the time of a request with a single event.
 * @returns whether it was taken; else nothing has happened to it
 */
export function takeOtlpRequest(receiver: OtlpReceiver, request: IncomingMessage, response: ServerResponse): boolean {
  const { method, url = "" } = request;
  // As every exporter writes it.
  if (method === "POST" && url === "/v1/traces") receiver.receive("traces", request, response);
  else if (method === "POST" && url === "/v1/logs") receiver.receive("logs", request, response);
  else return takeOtherRequest(receiver, request, response);
  return true;
}

function takeOtherRequest(receiver: OtlpReceiver, request: IncomingMessage, response: ServerResponse): boolean {
  const path = readOtlpPath(request.url ?? "");
  if (path === undefined && !isSenders(request)) return false;
  if (path === undefined || path === "unknown") receiver.refusePath(request, response);
  else if (isPreflight(request)) receiver.answerPreflight(request, response);
  else {
    if (path.slip !== null) receiver.noteMisdirected(path.slip, request);
    if (request.method === "POST") receiver.receive(path.signal, request, response);
    else receiver.refuseMethod(path.signal, request, response);
  }
  return true;
}

/** No route of ours but OTLP's takes a body of these types. */
function isSenders({ method, headers }: IncomingMessage): boolean {
  const type = headers["content-type"];
  return method === "POST" && (readContentType(type) !== null || isGrpc(type));
}
