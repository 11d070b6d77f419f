import { recordBusinessEvent, withBusinessContext } from "@spanledger/sdk";
import type { FastifyBaseLogger } from "fastify";
import { answerMessage, type Answer } from "./answer-message.ts";
import type { ChatSession, ChatSessions } from "./domain/chat-sessions.ts";
import { handOverSession, type WorkbenchUrl } from "./hand-over-session.ts";
import type { Voice } from "./say-answer.ts";

/** What the routes share; made once, by the app. */
export interface ChatServices extends Voice {
  readonly sessions: ChatSessions;
  readonly workbenchUrl: WorkbenchUrl;
  readonly log: FastifyBaseLogger;
}

export interface ChatRequest {
  readonly message: string;
  readonly user_id: string;
  readonly session_id?: string;
  readonly channel?: string;
}

/** How an answer came about, for `session.message`. */
export interface Delivery {
  /** Time to the first token of a streamed answer, in ms. */
  readonly firstTokenMs?: number;
  /** The customer left before the end: what was sent counts as a message, its time says nothing. */
  readonly aborted?: boolean;
  readonly sentText: string;
}

/**
 * One turn of a conversation, the same for both chat routes: finds or starts the session, answers,
 * has the answer delivered, and records what happened. A customer who is with a human already gets
 * no answer from the assistant (`answer` is null), and nothing is recorded.
 */
export async function runTurn(
  request: ChatRequest,
  services: ChatServices,
  deliver: (session: ChatSession, answer: Answer | null) => Promise<Delivery>,
): Promise<void> {
  const startedAt = performance.now();
  const { session, isNew } = services.sessions.open({
    sessionId: request.session_id,
    userId: request.user_id,
    channel: request.channel ?? "api",
  });
  await withBusinessContext({ session_id: session.id, user_id: session.userId }, async () => {
    if (isNew) recordBusinessEvent("session.start", { session_id: session.id, channel: session.channel });
    if (session.state === "human") {
      await deliver(session, null);
      return;
    }
    const answer = await answerMessage(request.message, session, services.pace);
    const delivery = await deliver(session, answer);
    recordBusinessEvent("session.message", {
      session_id: session.id,
      role: "ai",
      message_length: Array.from(delivery.sentText).length,
      response_time_ms: delivery.aborted === true ? undefined : Math.round(performance.now() - startedAt),
      first_token_ms: delivery.firstTokenMs,
    });
    if (answer.regulation.shouldEscalate) {
      handOverSession(session, answer.regulation, services.workbenchUrl, services.log);
    }
  });
}
