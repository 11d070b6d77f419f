import type { FastifyInstance } from "fastify";

/** The policy of an answer that is not a page: it loads nothing. Pages set their own. */
const nothing = "default-src 'none'; frame-ancestors 'none'";

/**
 * Headers of every answer that a browser may get, errors included: no guessing of types, no referrer, no frame,
 * and no other site may embed it or share a browsing context with it.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": nothing,
  "cache-control": "no-store",
};

/** Adds `securityHeaders` to answers that do not set them themselves, and says how to authenticate after a 401. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    // A Collector's connections carry many small answers, and it shows nothing to anybody.
    if (request.url.startsWith("/v1/")) {
      void reply.header("x-content-type-options", "nosniff");
      return payload;
    }
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (!reply.hasHeader(name)) void reply.header(name, value);
    }
    if (reply.statusCode === 401 && !reply.hasHeader("www-authenticate"))
      void reply.header("www-authenticate", "Bearer");
    return payload;
  });
}
