import type { FastifyRequest } from "fastify";

/** True if a person asks, with a browser: programs ask for JSON, or for anything. */
export function wantsPage({ headers }: Pick<FastifyRequest, "headers">): boolean {
  return /\btext\/html\b/i.test(headers.accept ?? "");
}
