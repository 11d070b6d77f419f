import type { FastifyInstance, FastifyRequest } from "fastify";
import { tokenOfCookie } from "./sign-in-cookie.ts";
import type { TenantResolver } from "../receiving/resolve-ingest-token.ts";

/** A read without a valid token. */
export class UnauthenticatedError extends Error {
  override readonly name = "UnauthenticatedError";
  readonly code = "unauthenticated";
  readonly statusCode = 401;
}

/** Who is asked about where nobody has to show a token. */
export const tenantHeader = "x-spanledger-tenant";

/** Tools that ask for name and password send them as Basic: the password is the token, the name says nothing. */
function asBearer(authorization: string | undefined): string | undefined {
  const basic = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization ?? "")?.[1];
  if (basic === undefined) return authorization;
  const pair = Buffer.from(basic, "base64").toString("utf8");
  return `Bearer ${pair.slice(pair.indexOf(":") + 1)}`;
}

/**
 * Whose numbers a request may see. With read tokens the token says it; without them (only on loopback)
 * the header `X-Spanledger-Tenant` does, else it is `default`.
 * @param onWrongToken told of requests with a wrong token; it may refuse them with an error of its own
 * @returns a function that throws UnauthenticatedError if the token is missing or unknown
 */
export function createReadTenantResolver(
  resolve: TenantResolver,
  onWrongToken: (request: FastifyRequest) => void = () => {},
): (request: FastifyRequest) => string {
  return (request) => {
    const kept = tokenOfCookie(request);
    const authorization = request.headers.authorization ?? (kept === undefined ? undefined : `Bearer ${kept}`);
    const rule = resolve(asBearer(authorization));
    if (rule?.kind === "fixed") return rule.tenantId;
    if (rule?.kind === "believed") {
      const named = request.headers[tenantHeader];
      return typeof named === "string" && named !== "" ? named : rule.defaultTenantId;
    }
    // Without a token nobody has tried anything: a browser asks the person first.
    if (authorization !== undefined) onWrongToken(request);
    throw new UnauthenticatedError(
      "No valid token: set the header `Authorization: Bearer <token of READ_TOKENS>` (a browser may send it as the password of Basic); a token of INGEST_TOKENS does not read.",
    );
  };
}

/**
 * Asks for the token before anything else of a request is looked at, so that whoever has none learns nothing of the
 * routes' parameters. Call it in the scope of the routes.
 * @param isOpen routes that nobody has to show a token for
 */
export function askForToken(
  app: FastifyInstance,
  tenantOf: (request: FastifyRequest) => string,
  isOpen: (route: string | undefined) => boolean = () => false,
): void {
  app.addHook("onRequest", async (request) => {
    if (!isOpen(request.routeOptions.url)) tenantOf(request);
  });
}
