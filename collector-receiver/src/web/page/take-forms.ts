import type { FastifyInstance, FastifyRequest } from "fastify";

const maxFormBytes = 16 * 1024;

/** Lets the routes of a scope take what a form sends: see `formOf`. */
export function takeForms(app: FastifyInstance): void {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: maxFormBytes },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
}

/** The fields of a form; without one, none. */
export function formOf({ body }: Pick<FastifyRequest, "body">): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams();
}
