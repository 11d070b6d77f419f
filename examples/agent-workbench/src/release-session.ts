import { recordBusinessEvent } from "@spanledger/sdk";
import type { DeskSession, SessionDesk } from "./domain/session-desk.ts";

/** Ends an agent's work on a chat and records `agent.session_release`. */
export function releaseSession(desk: SessionDesk, session: DeskSession, agentId: number): { handleSeconds: number } {
  const { handleSeconds } = desk.release(session);
  recordBusinessEvent("agent.session_release", {
    agent_id: agentId,
    session_id: session.id,
    handle_duration_seconds: handleSeconds,
    message_count: session.messageCount,
  });
  return { handleSeconds };
}
