import type { FastifySchema } from "fastify";
import { errorSchema } from "./answer-schemas.ts";

/** Errors that stand in front of the routes, by status. */
const errorsInFront = {
  401: "The token is missing or unknown",
  421: "Without tokens: this host is not served",
  429: "The tenant asks for too much at once, or too many wrong tokens came from this address",
  500: "The receiver failed; its log says why",
  503: "The database cannot be reached",
} as const;

/** One of server-sent events, as OpenAPI describes it. */
const streamedEvent = {
  type: "object",
  properties: { event: { type: "string" }, data: { type: "string" }, retry: { type: "integer" } },
} as const;

/**
 * Completes the documentation of a route: errors that any of them may answer, and the form of a stream.
 * @param route as @fastify/swagger asks to transform it
 */
export function documentAnswers<Schema extends FastifySchema>(route: {
  readonly schema: Schema;
  readonly url: string;
}) {
  // A hidden route may have no schema.
  if (route.schema?.tags === undefined) return route;
  const errors = Object.entries(errorsInFront).map(([status, description]) => [
    status,
    { ...errorSchema, description },
  ]);
  const own = route.schema.response as Readonly<Record<string, { readonly description?: string }>> | undefined;
  const response = { ...(Object.fromEntries(errors) as object), ...own };
  const { produces, ...schema } = route.schema;
  if (produces?.includes("text/event-stream") !== true)
    return { url: route.url, schema: { ...route.schema, response } };
  const content = { "application/json": { schema: own?.[200] }, "text/event-stream": { schema: streamedEvent } };
  return {
    url: route.url,
    schema: { ...schema, response: { ...response, 200: { description: own?.[200]?.description, content } } },
  };
}
