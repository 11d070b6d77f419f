import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { classifyDatabaseError } from "../storage/wire/database-errors.ts";
import { shorten } from "./report-period.ts";
import { DatabaseAwayError } from "../storage/wire/read-pool.ts";
import { RequestError } from "./request-error.ts";
import type { StatsOptions } from "./stats-options.ts";

type Answer = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => FastifyReply;

/** Errors of the stats routes, with those of a route's schema in our words. */
export function createErrorAnswer(answerPerson: StatsOptions["answerPerson"]): Answer {
  return (given, request, reply) => {
    const error = given.validation === undefined ? given : describeValidation(given, request);
    return answerPerson?.(error, request, reply) ?? answerError(error, request, reply);
  };
}

/** Every error of the stats routes: `{error: {code, message, parameter?}}`, never a stack trace. */
function answerError(error: FastifyError | RequestError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof RequestError) {
    if (error.statusCode === 503 || error.statusCode === 429) void reply.header("retry-after", "5");
    return reply.code(error.statusCode).send(body(error.code, error.message, error.parameter));
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return reply.code(status).send(body(error.code ?? "refused", error.message));
  const isAway = error instanceof DatabaseAwayError;
  // That PostgreSQL is away was logged once, by the pool.
  if (!isAway) request.log.error({ err: error }, "a stats route failed");
  const kind = isAway ? "unavailable" : classifyDatabaseError(error);
  return kind === "unavailable" || kind === "login_refused"
    ? reply
        .code(503)
        .header("retry-after", "1")
        .send(body("database_unavailable", "the database cannot be reached; try again"))
    : reply.code(500).send(body("internal_error", "the request failed; the receiver's log says why"));
}

function describeValidation(error: FastifyError, request: FastifyRequest): RequestError {
  const [first] = error.validation ?? [];
  const missing = first?.params["requiredProperties"];
  if (Array.isArray(missing)) {
    const name = String(missing[0]);
    return new RequestError("invalid_parameter", `${name} is missing; /docs says what it may be`, name);
  }
  const name = first?.instancePath.slice(1).split("/")[0] ?? "";
  const given = { ...(request.params as object), ...(request.query as object) } as Record<string, unknown>;
  // What JSON Schema makes of a property that `additionalProperties: false` does not know.
  if (first?.keyword === "boolean") {
    const message = `query parameter "${shorten(name)}" is not known here; /docs lists the ones of this route`;
    return new RequestError("unknown_parameter", message, shorten(name));
  }
  const value = shorten(JSON.stringify(given[name]) ?? "");
  const allowed = first?.params["allowedValues"];
  const rule = Array.isArray(allowed) ? `must be one of ${allowed.join(", ")}` : first?.message;
  return new RequestError("invalid_parameter", `${name} = ${value} ${rule}`, name);
}

function body(code: string, message: string, parameter: string | null = null) {
  return { error: { code, message, ...(parameter === null ? {} : { parameter }) } };
}
