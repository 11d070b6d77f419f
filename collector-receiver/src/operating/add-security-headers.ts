import type { FastifyInstance } from "fastify";

/** What an answer that says nothing else may load: nothing. Pages set their own policy. */
const NOTHING = "default-src 'none'; frame-ancestors 'none'";

/** Headers that keep a browser from doing with our answers what they are not for. */
export function addSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    void reply.header("x-content-type-options", "nosniff");
    // A Collector's connections carry many small answers, and it shows nothing to anybody.
    if (request.url.startsWith("/v1/")) return payload;
    void reply.header("referrer-policy", "no-referrer").header("x-frame-options", "DENY");
    if (!reply.hasHeader("content-security-policy")) void reply.header("content-security-policy", NOTHING);
    if (!reply.hasHeader("cache-control")) void reply.header("cache-control", "no-store");
    if (reply.statusCode === 401 && !reply.hasHeader("www-authenticate"))
      void reply.header("www-authenticate", "Bearer");
    return payload;
  });
}
