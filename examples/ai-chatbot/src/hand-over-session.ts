import { recordBusinessEvent } from "@spanledger/sdk";
import type { FastifyBaseLogger } from "fastify";
import type { ChatSession } from "./domain/chat-sessions.ts";
import type { Regulation } from "./domain/regulate-answer.ts";

/** Where escalated sessions wait for an agent; null: nobody is told, agents find them by their id. */
export type WorkbenchUrl = string | null;

/**
 * Hands a session over to the human agents and records `session.escalate`. The workbench is told
 * beside the answer: a customer never waits for it, and a workbench that is down loses nothing,
 * because it takes any session id.
 */
export function handOverSession(
  session: ChatSession,
  regulation: Regulation,
  workbenchUrl: WorkbenchUrl,
  log: FastifyBaseLogger,
): void {
  session.state = "human";
  recordBusinessEvent("session.escalate", {
    session_id: session.id,
    reason: regulation.reason,
    severity: regulation.severity,
  });
  if (workbenchUrl === null) return;
  fetch(new URL("/api/sessions/waiting", workbenchUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ session_id: session.id, channel: session.channel, reason: regulation.reason }),
    signal: AbortSignal.timeout(5_000),
  }).then(
    (response) => {
      if (!response.ok) log.warn({ session_id: session.id, status: response.status }, "workbench refused the session");
    },
    (error: unknown) => log.warn({ session_id: session.id, err: error }, "workbench not reached"),
  );
}
