import type { FastifyReply, FastifyRequest } from "fastify";
import type { TenantResolver } from "../receiving/resolve-ingest-token.ts";
import { keepToken, tokenOfCookie } from "./sign-in-cookie.ts";

/**
 * Signing in with a form and a cookie, for people.
 * @param onWrongToken as that of `createReadTenantResolver`
 */
export function createSignIn(
  resolve: TenantResolver,
  onWrongToken: (request: FastifyRequest) => void,
  basePath: string,
) {
  const tenantOf = (token: string | undefined): string | null => {
    const rule = token === undefined ? null : resolve(`Bearer ${token}`);
    return rule?.kind === "fixed" ? rule.tenantId : null;
  };
  return {
    open(request: FastifyRequest, reply: FastifyReply, token: string): boolean {
      const isRight = tenantOf(token.trim()) !== null;
      if (isRight) keepToken(request, reply, token.trim(), basePath);
      else onWrongToken(request);
      return isRight;
    },
    close(request: FastifyRequest, reply: FastifyReply): void {
      keepToken(request, reply, null, basePath);
    },
    accountOf: (request: FastifyRequest): string | null =>
      request.headers.authorization === undefined ? tenantOf(tokenOfCookie(request)) : null,
    keepsToken: (request: FastifyRequest): boolean => tokenOfCookie(request) !== undefined,
  };
}
