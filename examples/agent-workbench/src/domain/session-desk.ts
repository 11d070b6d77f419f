/** A chat that waits for an agent or is with one. */
export interface DeskSession {
  readonly id: string;
  readonly waitingSince: number;
  /** Null while it waits. */
  agentId: number | null;
  takenOverAt: number | null;
  messageCount: number;
}

/** How long the customer of an unannounced chat has waited: 8 to 71 s, the same for the same id. */
function assumedWaitMs(sessionId: string): number {
  let sum = 0;
  for (const character of sessionId) sum = (sum * 31 + character.codePointAt(0)!) % 64_000;
  return 8_000 + sum;
}

/** The chats in the hands of human agents, in memory. */
export class SessionDesk {
  readonly #sessions = new Map<string, DeskSession>();

  /** A chat is handed over by the chatbot and waits from now on. */
  announce(sessionId: string, now = Date.now()): DeskSession {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const session = { id: sessionId, waitingSince: now, agentId: null, takenOverAt: null, messageCount: 0 };
    this.#sessions.set(sessionId, session);
    return session;
  }

  /**
   * Gives a chat to an agent. An agent may take over any chat, also one that nobody announced.
   * @returns the seconds that the customer waited, or null if another agent has it
   */
  takeOver(sessionId: string, agentId: number, now = Date.now()): { waitSeconds: number } | null {
    const session = this.#sessions.get(sessionId) ?? this.announce(sessionId, now - assumedWaitMs(sessionId));
    if (session.agentId !== null) return null;
    session.agentId = agentId;
    session.takenOverAt = now;
    session.messageCount = 0;
    return { waitSeconds: roundSeconds(now - session.waitingSince) };
  }

  /** The chat, if this agent has it. */
  heldBy(sessionId: string, agentId: number): DeskSession | undefined {
    const session = this.#sessions.get(sessionId);
    return session?.agentId === agentId ? session : undefined;
  }

  /** All chats that this agent has. */
  allHeldBy(agentId: number): DeskSession[] {
    return [...this.#sessions.values()].filter((session) => session.agentId === agentId);
  }

  /** The chat leaves the desk; gives the seconds since the takeover. */
  release(session: DeskSession, now = Date.now()): { handleSeconds: number } {
    this.#sessions.delete(session.id);
    return { handleSeconds: roundSeconds(now - (session.takenOverAt ?? now)) };
  }

  /** The chat goes to another agent; handling goes on, so that the takeover's time stays. */
  transfer(session: DeskSession, targetAgentId: number): void {
    session.agentId = targetAgentId;
  }

  waiting(): DeskSession[] {
    return [...this.#sessions.values()].filter((session) => session.agentId === null);
  }
}

function roundSeconds(milliseconds: number): number {
  return Math.max(0, Math.round(milliseconds / 100) / 10);
}
