import type { FastifyReply, FastifyRequest } from "fastify";

/** How people show their token once, with a form, instead of with every request. */
export interface SignIn {
  /** Keeps the token in the browser. @returns false if it is wrong; throws if that happened too often */
  readonly open: (request: FastifyRequest, reply: FastifyReply, token: string) => boolean;
  /** Lets the browser forget its token. */
  readonly close: (request: FastifyRequest, reply: FastifyReply) => void;
  /** The tenant of a request whose browser keeps a right token; null for all others. */
  readonly accountOf: (request: FastifyRequest) => string | null;
  /** True if the browser keeps a token, right or wrong. */
  readonly keepsToken: (request: FastifyRequest) => boolean;
}

/**
 * True if one of our own pages sent the form, so that no other site signs a browser in or out. Browsers say so with
 * `Sec-Fetch-Site`, on plain HTTP with `Origin` (https://fetch.spec.whatwg.org/#origin-header).
 */
export function isFromOurPage({ headers }: Pick<FastifyRequest, "headers">): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const { origin, host } = headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

/** Where a form leads back to: a path of ours, or the start page. No browser makes another host of it. */
export function pathBack(next: string | null): string {
  if (next === null || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next)) return "/";
  const base = "http://here.invalid";
  return URL.canParse(next, base) && new URL(next, base).origin === base ? next : "/";
}
