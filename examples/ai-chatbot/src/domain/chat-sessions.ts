import { randomUUID } from "node:crypto";

/** `ai`: the assistant answers; `human`: it was handed over; `ended`: over, its id is never used again. */
export type SessionState = "ai" | "human" | "ended";

export interface ChatSession {
  readonly id: string;
  readonly userId: string;
  readonly channel: string;
  state: SessionState;
  /** Answers in a row that did not help; the regulator reads it. */
  unhelpfulAnswers: number;
  lastActivityAt: number;
}

export interface SessionRequest {
  readonly sessionId?: string | undefined;
  readonly userId: string;
  readonly channel: string;
}

/** A session that nobody has touched for this long is forgotten; a later message starts a new one. */
const forgetAfterMs = 30 * 60_000;

/** The conversations of this process, in memory. */
export class ChatSessions {
  readonly #sessions = new Map<string, ChatSession>();

  /**
   * The session that a message belongs to, or a new one if there is none, it has ended, or it is
   * another customer's.
   */
  open(request: SessionRequest, now = Date.now()): { session: ChatSession; isNew: boolean } {
    this.#forgetIdle(now);
    const known = request.sessionId === undefined ? undefined : this.#sessions.get(request.sessionId);
    if (known !== undefined && known.state !== "ended" && known.userId === request.userId) {
      known.lastActivityAt = now;
      return { session: known, isNew: false };
    }
    const session: ChatSession = {
      id: `s-${randomUUID()}`,
      userId: request.userId,
      channel: request.channel,
      state: "ai",
      unhelpfulAnswers: 0,
      lastActivityAt: now,
    };
    this.#sessions.set(session.id, session);
    return { session, isNew: true };
  }

  /** The session with this id, unless it is unknown or has ended. */
  find(sessionId: string): ChatSession | undefined {
    const session = this.#sessions.get(sessionId);
    return session?.state === "ended" ? undefined : session;
  }

  /** Sessions in insertion order are nearly in order of activity, so that a sweep stays short. */
  #forgetIdle(now: number): void {
    for (const session of this.#sessions.values()) {
      if (now - session.lastActivityAt <= forgetAfterMs) return;
      this.#sessions.delete(session.id);
    }
  }
}
