import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";

export const agentStatuses = ["online", "busy", "away", "offline"] as const;
export type AgentStatus = (typeof agentStatuses)[number];

export interface Agent {
  readonly id: number;
  readonly username: string;
  readonly name: string;
}

/** From login to logout. */
export interface Shift {
  readonly agent: Agent;
  readonly startedAt: number;
  status: AgentStatus;
  sessionsHandled: number;
}

const roster: readonly Agent[] = [
  { id: 1, username: "agent1", name: "王芳" },
  { id: 2, username: "agent2", name: "李伟" },
  { id: 3, username: "agent3", name: "张敏" },
  { id: 4, username: "agent4", name: "Anna Schmidt" },
  { id: 5, username: "agent5", name: "陈静" },
  { id: 6, username: "agent6", name: "Tom Baker" },
];

/** The team, who of them is at work, and the bearer tokens of those. */
export class Agents {
  readonly #salt = randomBytes(16);
  readonly #passwordHash: Buffer;
  readonly #shiftsByToken = new Map<string, Shift>();

  /** @param password the one that every agent of this sample team logs in with */
  constructor(password: string) {
    this.#passwordHash = this.#hash(password);
  }

  /** Someone of the team, at work or not. */
  find(agentId: number): Agent | undefined {
    return roster.find((agent) => agent.id === agentId);
  }

  /** The agent with this name and password; the time it takes does not tell which of them is wrong. */
  authenticate(username: string, password: string): Agent | undefined {
    const matches = timingSafeEqual(this.#hash(password), this.#passwordHash);
    const agent = roster.find((one) => one.username === username);
    return matches ? agent : undefined;
  }

  /** Opens a shift; whoever logs in twice has two tokens of one shift. */
  startShift(agent: Agent, now = Date.now()): { token: string; shift: Shift } {
    const running = [...this.#shiftsByToken.values()].find((shift) => shift.agent.id === agent.id);
    const shift = running ?? { agent, startedAt: now, status: "online" as const, sessionsHandled: 0 };
    const token = randomBytes(24).toString("base64url");
    this.#shiftsByToken.set(token, shift);
    return { token, shift };
  }

  shiftOf(token: string): Shift | undefined {
    return this.#shiftsByToken.get(token);
  }

  /** Ends a shift: none of its tokens is valid any more. */
  endShift(shift: Shift): void {
    for (const [token, other] of this.#shiftsByToken) {
      if (other === shift) this.#shiftsByToken.delete(token);
    }
  }

  #hash(password: string): Buffer {
    return scryptSync(password, this.#salt, 32, { N: 1024 });
  }
}
