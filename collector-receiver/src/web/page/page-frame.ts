import type { FastifyRequest } from "fastify";
import type { WebContext } from "../web-options.ts";

/** What stands on every page whatever it shows. */
export interface PageFrame {
  /** True if the database holds generated data. */
  readonly sampleData: boolean;
  /** The tenant of whoever signed in; null: nobody had to, or a tool shows its token each time. */
  readonly account?: string | null;
}

/** The context of a route, with who looks at its page. */
export function frameOf(context: WebContext, request: FastifyRequest): WebContext & PageFrame {
  return { ...context, account: context.signIn?.accountOf(request) ?? null };
}
