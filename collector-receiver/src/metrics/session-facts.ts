import type { CountableEvent } from "../mapping/business-event.ts";

/**
 * What is known of one chat session. Every fact merges by min or max, so the order in which events
 * arrive does not matter; `channel` belongs to the least (time, event id) of its starts.
 */
export interface SessionFacts {
  readonly tenantId: string;
  readonly sessionId: string;
  firstStartMs: number | null;
  firstStartEventId: string | null;
  channel: string | null;
  lastStartMs: number | null;
  firstSeenMs: number;
  lastActivityMs: number;
  firstEndMs: number | null;
  escalatedMs: number | null;
  takenOverMs: number | null;
  /** The first answer of the AI. */
  firstAnswerMs: number | null;
  userId: string | null;
}

const least = (a: number | null, b: number): number => (a === null || b < a ? b : a);
const greatest = (a: number | null, b: number): number => (a === null || b > a ? b : a);

/** Adds what one event says to the facts of its session (or begins them). */
export function addEventToFacts(known: SessionFacts | undefined, event: CountableEvent): SessionFacts {
  const at = event.occurredAtMs;
  const facts: SessionFacts = known ?? {
    tenantId: event.tenantId,
    sessionId: event.sessionId as string,
    firstStartMs: null,
    firstStartEventId: null,
    channel: null,
    lastStartMs: null,
    firstSeenMs: at,
    lastActivityMs: at,
    firstEndMs: null,
    escalatedMs: null,
    takenOverMs: null,
    firstAnswerMs: null,
    userId: null,
  };
  if (at < facts.firstSeenMs) facts.firstSeenMs = at;
  if (at > facts.lastActivityMs) facts.lastActivityMs = at;
  const userId = event.attributes["user_id"];
  // Compared as PostgreSQL's collate "C" compares: by bytes of UTF-8, which is code point order.
  if (typeof userId === "string" && (facts.userId === null || isBefore(userId, facts.userId))) {
    facts.userId = userId;
  }
  switch (event.name) {
    case "session.start": {
      const isFirst =
        facts.firstStartMs === null ||
        at < facts.firstStartMs ||
        (at === facts.firstStartMs && event.eventId < (facts.firstStartEventId as string));
      if (isFirst) {
        const channel = event.attributes["channel"];
        facts.firstStartMs = at;
        facts.firstStartEventId = event.eventId;
        facts.channel = typeof channel === "string" ? channel : null;
      }
      facts.lastStartMs = greatest(facts.lastStartMs, at);
      break;
    }
    case "session.message":
      if (isAiAnswer(event)) facts.firstAnswerMs = least(facts.firstAnswerMs, at);
      break;
    case "session.end":
      facts.firstEndMs = least(facts.firstEndMs, at);
      break;
    case "session.escalate":
      facts.escalatedMs = least(facts.escalatedMs, at);
      break;
    case "agent.session_takeover":
      facts.takenOverMs = least(facts.takenOverMs, at);
      break;
  }
  return facts;
}

/** Roles under which products record what the AI says. */
const aiRoles: ReadonlySet<string> = new Set(["ai", "assistant", "bot"]);

/** Whose a message of this role is. */
export function messageRoleOf(role: string): "ai" | "user" {
  return aiRoles.has(role) ? "ai" : "user";
}

/** Whether a message is the AI's: by its role; a message without one, where it carries a response time. */
function isAiAnswer({ attributes }: CountableEvent): boolean {
  const role = attributes["role"];
  if (typeof role === "string") return messageRoleOf(role) === "ai";
  return typeof attributes["response_time_ms"] === "number";
}

/** Code point order; JavaScript's `<` compares UTF-16 units, which differs above U+FFFF. */
export function isBefore(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const xHigh = x >= 0xd800 && x <= 0xdfff;
      const yHigh = y >= 0xd800 && y <= 0xdfff;
      return xHigh === yHigh ? x < y : yHigh;
    }
  }
  return a.length < b.length;
}
