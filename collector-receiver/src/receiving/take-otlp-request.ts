import type { IncomingMessage, ServerResponse } from "node:http";
import type { OtlpReceiver } from "./otlp-receiver.ts";

/**
 * In front of the router: a request that brings events and is written as every exporter writes it goes straight to the
 * receiver. The router, its request and reply and its hooks took a third of the time of a request with a single event.
 * @returns whether it was taken; else nothing has happened to it
 */
export function takeOtlpRequest(receiver: OtlpReceiver, request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== "POST") return false;
  if (request.url === "/v1/traces") void receiver.receive("traces", request, response);
  else if (request.url === "/v1/logs") void receiver.receive("logs", request, response);
  else return false;
  return true;
}
