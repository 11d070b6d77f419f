import type { FastifyReply, FastifyRequest } from "fastify";

const name = "spanledger_token";

/** The token that a browser keeps since its user signed in. */
export function tokenOfCookie({ headers }: Pick<FastifyRequest, "headers">): string | undefined {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [key, value] = pair.trim().split("=", 2);
    if (key === name && value) return Buffer.from(value, "base64url").toString("utf8");
  }
  return undefined;
}

/**
 * Lets the browser keep a token, or forget it, until it is closed. No script reads it, no other site's page sends it, and
 * what came over TLS goes over TLS only.
 * @param token null: it is forgotten
 */
export function keepToken(request: FastifyRequest, reply: FastifyReply, token: string | null, basePath: string): void {
  const value = token === null ? "" : Buffer.from(token, "utf8").toString("base64url");
  const isSecure = request.headers["x-forwarded-proto"] === "https";
  const attributes = [`Path=${basePath}/`, "HttpOnly", "SameSite=Strict"];
  if (isSecure) attributes.push("Secure");
  if (token === null) attributes.push("Max-Age=0");
  void reply.header("set-cookie", [`${name}=${value}`, ...attributes].join("; "));
}
