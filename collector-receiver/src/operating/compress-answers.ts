import { pipeline, type Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from "node:zlib";
import type { FastifyInstance } from "fastify";

type Coding = "br" | "gzip";

/** Shorter answers fit into one packet as they are. */
const minBytes = 1024;
/** Texts. A stream of events has to reach the reader at once, and PDF and PNG are compressed already. */
const compressible = /^(?:text\/(?!event-stream)|application\/(?:json|javascript|openmetrics-text)|image\/svg\+xml)/i;
/** Brotli's default of 11 takes a hundred times as long as gzip for a tenth less. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) };

/** Compresses the answers of the routes that are registered afterwards, if the client takes gzip or Brotli. */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (!compressible.test(String(reply.getHeader("content-type"))) || reply.hasHeader("content-encoding"))
      return payload;
    void reply.header("vary", [reply.getHeader("vary"), "accept-encoding"].flat().filter(Boolean).join(", "));
    const coding = chooseCoding(request.headers["accept-encoding"]);
    if (coding === undefined || request.method === "HEAD" || reply.statusCode === 204 || reply.statusCode === 206)
      return payload;
    if (typeof payload === "string" || Buffer.isBuffer(payload)) {
      const body = Buffer.from(payload);
      if (body.length < minBytes) return payload;
      const shorter = coding === "br" ? await compress.br(body, brotliOptions) : await compress.gzip(body);
      void reply.header("content-encoding", coding).header("content-length", shorter.length);
      return shorter;
    }
    if (typeof (payload as Readable | null)?.pipe !== "function") return payload;
    const encoder = coding === "br" ? createBrotliCompress(brotliOptions) : createGzip();
    void reply.header("content-encoding", coding).removeHeader("content-length");
    // An error of the source destroys the answer, as it would without compression.
    return pipeline(payload as Readable, encoder, () => {});
  });
}

/**
 * The coding that the client likes best; Brotli if it likes both alike (RFC 9110, section 12.5.3).
 * @returns undefined if it takes neither
 */
export function chooseCoding(acceptEncoding: string | string[] | undefined): Coding | undefined {
  const weights = new Map<string, number>();
  for (const part of String(acceptEncoding ?? "").split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const given = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = given === undefined ? 1 : Number(given.slice(2));
    weights.set(name === "x-gzip" ? "gzip" : name, Number.isNaN(weight) ? 0 : weight);
  }
  const weightOf = (coding: Coding): number => weights.get(coding) ?? weights.get("*") ?? 0;
  const [br, gz] = [weightOf("br"), weightOf("gzip")];
  if (br <= 0 && gz <= 0) return undefined;
  return br >= gz ? "br" : "gzip";
}
