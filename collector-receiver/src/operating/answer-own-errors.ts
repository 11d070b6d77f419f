import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { securityHeaders } from "./add-security-headers.ts";
import { shortenInput } from "./shorten-input.ts";

/** Answers an error if a person asked with a browser; undefined: a program did, which gets JSON. */
export type AnswerPerson = (
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
) => FastifyReply | undefined;

/**
 * Errors of our own routes: `{error: {code, message}}`, a page if HTML is asked for, and never a stack trace. Call it
 * before the routes are added.
 */
export function answerOwnErrors(app: FastifyInstance, answerPerson: AnswerPerson): void {
  const readable: RegExp[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    if (method === "GET") readable.push(new RegExp(`^${url.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`));
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const page = answerPerson(error, request, reply);
    if (page !== undefined) return page;
    const status = error.statusCode ?? 500;
    // What is only for now was logged once, by whoever noticed it.
    if (status === 503) void reply.header("retry-after", "5");
    if (status < 500 || status === 503) return reply.code(status).send(body(error.code ?? "refused", error.message));
    request.log.error({ err: error }, "a request failed");
    return reply.code(status).send(body("internal_error", "the request failed; the receiver's log says why"));
  });
  // Before Fastify looks for a body of methods that may have one.
  app.addHook("onRequest", async (request, reply) => {
    if (!request.is404 || !readable.some((route) => route.test(pathOf(request.url)))) return;
    return reply
      .code(405)
      .header("allow", "GET, HEAD")
      .send(body("method_not_allowed", absence(request)));
  });
  app.setNotFoundHandler((request, reply) => {
    const error = new AbsentError(`${absence(request)}; /docs lists what there is`);
    return answerPerson(error, request, reply) ?? reply.code(404).send(body(error.code, error.message));
  });
}

/** Answers an address that no router can read, such as `/%ff`. Hooks do not run for it. */
export function createUnroutableAnswer(answerPerson: AnswerPerson) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    void reply.headers(securityHeaders);
    if (answerPerson(error, request, reply) !== undefined) return;
    void reply.code(error.statusCode ?? 400).send(body(error.code, error.message));
  };
}

/** There is nothing at an address. */
class AbsentError extends Error {
  override readonly name = "AbsentError";
  readonly code = "not_found";
  readonly statusCode = 404;
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}

function absence({ method, url }: FastifyRequest): string {
  return `there is no ${method} ${shortenInput(pathOf(url))}`;
}

function body(code: string, message: string) {
  return { error: { code, message } };
}
