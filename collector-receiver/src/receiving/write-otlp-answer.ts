import type { ServerResponse } from "node:http";
import { answerTypes } from "./encode-otlp-answer.ts";
import type { OtlpEncoding } from "../otlp/otlp-carrier.ts";

/**
 * Sends an answer as one packet. Its headers are few: a Collector's connections carry many small answers, and
 * it shows nothing to anybody.
 * @param isLast closes the connection after this answer: else a server that stops waits for a connection that
 *   its client keeps open
 */
export function writeOtlpAnswer(
  response: ServerResponse,
  status: number,
  encoding: OtlpEncoding,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  isLast: boolean,
): void {
  const all = ["content-type", answerTypes[encoding], "content-length", String(body.length)];
  if (headers["x-content-type-options"] === undefined) all.push("x-content-type-options", "nosniff");
  for (const name in headers) all.push(name, headers[name]!);
  if (isLast && headers["connection"] === undefined) all.push("connection", "close");
  response.writeHead(status, all);
  // A text goes into one write with the headers; so does nothing.
  if (body.length === 0) response.end();
  else response.end(body.latin1Slice(0, body.length), "latin1");
}
