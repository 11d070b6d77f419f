import type { ChatSession } from "./chat-sessions.ts";

export interface Regulation {
  readonly shouldEscalate: boolean;
  readonly reason: "keyword" | "complaint" | "unhelpful_answers" | "none";
  readonly severity: "low" | "medium" | "high";
}

const askedForHuman = /转人工|人工客服|真人|human|real person|speak to (?:an? )?(?:agent|someone)/i;
const complaint = /投诉|骗子|起火|着火|受伤|律师|complain|lawyer|scam|fire|injur/i;

/** Answers in a row that may fail before a human takes over. */
const patience = 3;

/** Decides whether a human has to take over, and why: safety and complaints first. */
export function regulateAnswer(message: string, session: ChatSession): Regulation {
  if (complaint.test(message)) return { shouldEscalate: true, reason: "complaint", severity: "high" };
  if (askedForHuman.test(message)) return { shouldEscalate: true, reason: "keyword", severity: "medium" };
  if (session.unhelpfulAnswers >= patience) {
    return { shouldEscalate: true, reason: "unhelpful_answers", severity: "low" };
  }
  return { shouldEscalate: false, reason: "none", severity: "low" };
}
