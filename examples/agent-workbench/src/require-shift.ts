import type { FastifyRequest } from "fastify";
import type { Agents, Shift } from "./domain/agents.ts";
import { WorkbenchError } from "./workbench-error.ts";

/**
 * The shift whose bearer token the request carries.
 * @throws WorkbenchError `not_logged_in` (401)
 */
export function requireShift(request: FastifyRequest, agents: Agents): Shift {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const shift = token === undefined ? undefined : agents.shiftOf(token);
  if (shift === undefined) {
    throw new WorkbenchError(
      401,
      "not_logged_in",
      "the request carries no valid bearer token; log in with POST /api/auth/login and send its token",
    );
  }
  return shift;
}
