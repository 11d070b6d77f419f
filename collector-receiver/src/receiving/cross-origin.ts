import type { IncomingMessage } from "node:http";

/** Whether pages of that origin may send. */
export type IsAllowedOrigin = (origin: string) => boolean;

/** How long a browser keeps the answer to a preflight, in seconds: the most that Chromium takes. */
const preflightSeconds = 7200;

/**
 * Compares origins as the Collector's `allowed_origins` does: without regard to case, and one `*` stands for any characters.
 * @param allowed CORS_ORIGINS, such as `https://shop.example`, `https://*.shop.example` or `*`
 */
export function createOriginCheck(allowed: readonly string[]): IsAllowedOrigin {
  const exact = new Set<string>();
  const patterns: (readonly [before: string, after: string])[] = [];
  for (const origin of allowed) {
    const [before = "", after] = origin.toLowerCase().split("*", 2);
    if (after === undefined) exact.add(before);
    else patterns.push([before, after]);
  }
  return (given) => {
    const origin = given.toLowerCase();
    return exact.has(origin) || patterns.some((pattern) => matches(origin, pattern));
  };
}

function matches(origin: string, [before, after]: readonly [string, string]): boolean {
  return origin.length >= before.length + after.length && origin.startsWith(before) && origin.endsWith(after);
}

/**
 * Headers that let a page read the answer; none if the request does not come from a page, or its origin is not allowed.
 * With credentials, because `navigator.sendBeacon` always sends them; nothing on these routes reads a cookie.
 */
export function crossOriginHeaders(
  { headers: { origin } }: IncomingMessage,
  isAllowed: IsAllowedOrigin | undefined,
): Readonly<Record<string, string>> | undefined {
  if (origin === undefined || isAllowed === undefined) return undefined;
  if (!isAllowed(origin)) return { vary: "origin" };
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-credentials": "true",
    "access-control-expose-headers": "retry-after",
    vary: "origin",
  };
}

/** True if a browser asks whether a page may send. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

/** What a preflight is told. Any header may be sent: instrumentations of pages add theirs to every request. */
export function preflightHeaders({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const asked = headers["access-control-request-headers"];
  return {
    "access-control-allow-methods": "POST",
    ...(asked === undefined ? {} : { "access-control-allow-headers": asked }),
    "access-control-max-age": String(preflightSeconds),
    vary: "origin, access-control-request-method, access-control-request-headers",
  };
}
