import type { Narrate } from "./history-event.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** What a conversation was like before its end. */
export interface SampleConversation {
  readonly now: number;
  /** Of the AI. */
  readonly answers: number;
  /** Look-ups that failed. */
  readonly failures: number;
  readonly isEscalated: boolean;
  /** Who took it over at last; null if nobody did. */
  readonly agentId: number | null;
}

type Mood = "good" | "fair" | "bad";

const ratings: Readonly<Record<Mood, readonly (readonly [rating: number, weight: number])[]>> = {
  good: [
    [5, 64],
    [4, 26],
    [3, 7],
    [2, 2],
    [1, 1],
  ],
  fair: [
    [5, 30],
    [4, 32],
    [3, 22],
    [2, 10],
    [1, 6],
  ],
  bad: [
    [5, 3],
    [4, 6],
    [3, 15],
    [2, 28],
    [1, 48],
  ],
};

/** Ends most conversations, solved or not, and has one customer in six rate them. */
export function narrateGoodbye(
  about: { session_id: string; user_id: string },
  conversation: SampleConversation,
  random: SeededRandom,
  narrate: Narrate,
): void {
  const { answers, agentId } = conversation;
  const isSolved = random.chance(chanceOfSolution(conversation));
  const endedAt = conversation.now + Math.round(random.logNormal(15_000, 0.7));
  // Others fall silent.
  const isEnded = random.chance(answers === 0 && agentId === null ? 0.5 : 0.82);
  if (isEnded) {
    const isHuman = agentId !== null;
    const reason = isSolved
      ? random.weighted([
          ["customer_closed", 60],
          ["page_left", isHuman ? 0 : 32],
          ["agent_closed", isHuman ? 40 : 0],
          ["resolved", 8],
        ] as const)
      : random.weighted([
          ["unresolved", 55],
          ["customer_left", 45],
        ] as const);
    const isAsked = reason === "resolved" || reason === "unresolved";
    narrate("session.end", endedAt, { ...about, reason, ...(isAsked ? { resolved: reason === "resolved" } : {}) });
  }
  if (!random.chance(0.17)) return;
  const mood: Mood = !isSolved ? "bad" : agentId === null && conversation.failures === 0 ? "good" : "fair";
  narrate("session.feedback", endedAt + Math.round(random.logNormal(20_000, 0.6)), {
    ...about,
    rating: random.weighted(ratings[mood]),
    resolved: isSolved,
    ...(agentId === null ? {} : { agent_id: agentId }),
  });
}

function chanceOfSolution({ answers, failures, isEscalated, agentId }: SampleConversation): number {
  if (agentId !== null) return 0.9;
  if (isEscalated || answers === 0) return 0.04;
  return failures === 0 ? 0.95 : 0.6;
}
