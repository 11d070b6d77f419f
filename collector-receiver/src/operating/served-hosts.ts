import type { FastifyInstance } from "fastify";
import { isLoopback } from "../config/check-across.ts";
import { shortenInput } from "./shorten-input.ts";

/** A request for a `Host` that this receiver does not serve. */
class HostNotServedError extends Error {
  override readonly name = "HostNotServedError";
  readonly code = "host_not_served";
  /** Misdirected Request, RFC 9110 section 15.5.20. */
  readonly statusCode = 421;
}

/** Says why a `Host` header is not served; undefined: it is. */
export type FindHostProblem = (host: string | undefined) => string | undefined;

/**
 * Which names the receiver answers to if nobody has to show a token. A web page can make a name of its own lead to
 * 127.0.0.1 (DNS rebinding) and could then read and write as the person at this machine; its requests carry that name
 * as `Host`. HTTP/1.0 allows a request without one, and no browser sends such requests.
 * @param allowed names beyond loopback, from ALLOWED_HOSTS: `reports.example` on any port, `reports.example:8080` on one
 */
export function hostsWithoutTokens(allowed: readonly string[]): FindHostProblem {
  const known = new Set(allowed.map((name) => name.toLowerCase()));
  return (host) => {
    if (host === undefined) return undefined;
    const name = nameOf(host);
    if (isLoopbackName(name) || known.has(name) || known.has(host.toLowerCase())) return undefined;
    return (
      `without tokens only loopback names are served, and this request names ${JSON.stringify(shortenInput(host))}: ` +
      "use http://127.0.0.1, add the name to ALLOWED_HOSTS, or set INGEST_TOKENS and READ_TOKENS"
    );
  };
}

/** Probes say nothing that a page could use, and whoever watches the process may call it by any name. */
const probes = new Set(["/livez", "/readyz"]);

/** Refuses requests for other hosts on every route but the probes; OTLP has an answer of its own. */
export function refuseOtherHosts(app: FastifyInstance, findProblem: FindHostProblem): void {
  app.addHook("onRequest", async (request) => {
    if (request.url.startsWith("/v1/") || probes.has(request.url)) return;
    const problem = findProblem(request.headers.host);
    if (problem !== undefined) throw new HostNotServedError(problem);
  });
}

/** `[::1]:4319` → `::1`, `LocalHost.:80` → `localhost`. */
function nameOf(host: string): string {
  const name = /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, "");
  return name.toLowerCase().replace(/\.$/, "");
}

/** Names below `localhost` are loopback by RFC 6761, section 6.3. */
function isLoopbackName(name: string): boolean {
  return isLoopback(name) || name.endsWith(".localhost");
}
