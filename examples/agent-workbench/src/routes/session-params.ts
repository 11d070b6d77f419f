import { Type } from "@fastify/type-provider-typebox";
import type { Shift } from "../domain/agents.ts";
import type { DeskSession, SessionDesk } from "../domain/session-desk.ts";
import { WorkbenchError } from "../workbench-error.ts";

export const sessionParams = Type.Object({ session_id: Type.String({ minLength: 1, maxLength: 64 }) });

/**
 * The chat, if the agent has it.
 * @throws WorkbenchError `session_not_held` (409)
 */
export function requireHeldSession(desk: SessionDesk, sessionId: string, shift: Shift): DeskSession {
  const session = desk.heldBy(sessionId, shift.agent.id);
  if (session === undefined) {
    throw new WorkbenchError(
      409,
      "session_not_held",
      `agent ${shift.agent.id} does not have session "${sessionId}"; take it over first`,
    );
  }
  return session;
}
