import type { CountableEvent } from "../mapping/business-event.ts";
import { aiCallEvent } from "./ai-calls.ts";
import { customerOf } from "./customer-ids.ts";
import { toScaledInteger } from "./scale-decimal.ts";
import { codedAt, endCode, sessionMark } from "./session-marks.ts";
import { segmentsOfStart } from "./session-segments.ts";
import type { OwnReading } from "./session-segments.ts";
import { meaningOf } from "./words.ts";
import type { OwnWordLists } from "./words.ts";

/**
 * What is known of one chat session. Every fact merges by min, max or "or", so the order in which events
 * arrive does not matter; `channel` and `segments` belong to the least (time, event id) of its starts, agent and wait to that of its
 * takeovers, the handle time to that of its releases.
 */
export interface SessionFacts {
  readonly tenantId: string;
  readonly sessionId: string;
  firstStartMs: number | null;
  firstStartEventId: string | null;
  channel: string | null;
  /** Of the same start: see `segmentsOfStart`. */
  segments: string | null;
  lastStartMs: number | null;
  firstSeenMs: number;
  lastActivityMs: number;
  firstEndMs: number | null;
  escalatedMs: number | null;
  takenOverMs: number | null;
  firstTakeoverEventId: string | null;
  firstTakeoverAgentId: number | null;
  /** What the customer waited until the first takeover; null if that takeover does not say. */
  firstWaitMs: number | null;
  releasedMs: number | null;
  firstReleaseEventId: string | null;
  /** How long the agent handled it, as the first release says; null if it does not say. */
  handleMs: number | null;
  /** The first answer of the AI. */
  firstAnswerMs: number | null;
  /** Bits of `sessionMark`. */
  marks: number;
  /** The last end: `codedAt` with an `endCode`. */
  endOutcome: number | null;
  /** The last rating: `codedAt` with 1 to 5. */
  rating: number | null;
  /** The customer that was named last. */
  userId: string | null;
  userIdAtMs: number | null;
}

const least = (a: number | null, b: number): number => (a === null || b < a ? b : a);
const greatest = (a: number | null, b: number): number => (a === null || b > a ? b : a);

/** Adds what one event says to the facts of its session (or begins them). */
export function addEventToFacts(known: SessionFacts | undefined, event: CountableEvent, own: OwnReading): SessionFacts {
  const words = own === null ? null : own.words;
  const at = event.occurredAtMs;
  const facts = known ?? noFacts(event);
  if (event.test) facts.marks |= sessionMark.test;
  if (at < facts.firstSeenMs) facts.firstSeenMs = at;
  if (at > facts.lastActivityMs && !isQuiet(event.name)) facts.lastActivityMs = at;
  const userId = customerOf(event);
  if (userId !== null && isLater(at, userId, facts)) {
    facts.userId = userId;
    facts.userIdAtMs = at;
  }
  switch (event.name) {
    case "session.start":
      addStart(facts, event, own);
      break;
    case "session.message":
      if (isAiAnswer(event, words)) facts.firstAnswerMs = least(facts.firstAnswerMs, at);
      else if (isAgentMessage(event, words)) facts.marks |= sessionMark.human;
      break;
    case "session.end":
      facts.firstEndMs = least(facts.firstEndMs, at);
      facts.endOutcome = greatest(facts.endOutcome, codedAt(at, endCodeOf(event, words)));
      break;
    case "session.escalate":
      facts.escalatedMs = least(facts.escalatedMs, at);
      break;
    case "agent.session_takeover":
      facts.marks |= sessionMark.human;
      addTakeover(facts, event);
      break;
    case "agent.session_release":
      facts.marks |= sessionMark.human | sessionMark.released;
      addRelease(facts, event);
      break;
    case "agent.session_transfer":
      facts.marks |= sessionMark.human | sessionMark.transferred;
      break;
    case "agent.session_message":
      facts.marks |= sessionMark.human;
      break;
    case feedback: {
      const { rating } = event.attributes;
      if (typeof rating === "number") facts.rating = greatest(facts.rating, codedAt(at, rating));
      break;
    }
  }
  return facts;
}

const feedback = "session.feedback";
/** No activity of the customer: one may rate long after the conversation, and a model may sum it up. */
const isQuiet = (name: string): boolean => name === feedback || name === aiCallEvent;
/** Before any activity: whatever comes later is greater. */
const neverActiveMs = 0;

function noFacts({ tenantId, sessionId, occurredAtMs, name }: CountableEvent): SessionFacts {
  return {
    tenantId,
    sessionId: sessionId as string,
    firstStartMs: null,
    firstStartEventId: null,
    channel: null,
    segments: null,
    lastStartMs: null,
    firstSeenMs: occurredAtMs,
    lastActivityMs: isQuiet(name) ? neverActiveMs : occurredAtMs,
    firstEndMs: null,
    escalatedMs: null,
    takenOverMs: null,
    firstTakeoverEventId: null,
    firstTakeoverAgentId: null,
    firstWaitMs: null,
    releasedMs: null,
    firstReleaseEventId: null,
    handleMs: null,
    firstAnswerMs: null,
    marks: 0,
    endOutcome: null,
    rating: null,
    userId: null,
    userIdAtMs: null,
  };
}

function addStart(facts: SessionFacts, event: CountableEvent, own: OwnReading): void {
  const { occurredAtMs: at, eventId, attributes } = event;
  if (isBeforeKnown(at, eventId, facts.firstStartMs, facts.firstStartEventId)) {
    const { channel } = attributes;
    facts.firstStartMs = at;
    facts.firstStartEventId = eventId;
    facts.channel = typeof channel === "string" ? channel : null;
    facts.segments = segmentsOfStart(event, own);
  }
  facts.lastStartMs = greatest(facts.lastStartMs, at);
}

function addTakeover(facts: SessionFacts, { occurredAtMs: at, eventId, agentId, attributes }: CountableEvent): void {
  const isFirst = isBeforeKnown(at, eventId, facts.takenOverMs, facts.firstTakeoverEventId);
  if (facts.takenOverMs !== null) facts.marks |= sessionMark.takenOverAgain;
  if (!isFirst) return;
  const { wait_duration_seconds: wait } = attributes;
  facts.takenOverMs = at;
  facts.firstTakeoverEventId = eventId;
  facts.firstTakeoverAgentId = agentId;
  facts.firstWaitMs = typeof wait === "number" ? toScaledInteger(wait, 3) : null;
}

function addRelease(facts: SessionFacts, { occurredAtMs: at, eventId, attributes }: CountableEvent): void {
  const isFirst = isBeforeKnown(at, eventId, facts.releasedMs, facts.firstReleaseEventId);
  if (facts.releasedMs !== null) facts.marks |= sessionMark.releasedAgain;
  if (!isFirst) return;
  const { handle_duration_seconds: handled } = attributes;
  facts.releasedMs = at;
  facts.firstReleaseEventId = eventId;
  facts.handleMs = typeof handled === "number" ? toScaledInteger(handled, 3) : null;
}

/** Whether an event comes before the first one that is known, by (time, event id). */
function isBeforeKnown(at: number, eventId: string, knownMs: number | null, knownEventId: string | null): boolean {
  return knownMs === null || at < knownMs || (at === knownMs && eventId < (knownEventId as string));
}

/** By (time, text), as PostgreSQL's collate "C" compares: by bytes of UTF-8, which is code point order. */
function isLater(at: number, userId: string, { userId: known, userIdAtMs }: SessionFacts): boolean {
  if (known === null || userIdAtMs === null || at > userIdAtMs) return true;
  return at === userIdAtMs && isBefore(known, userId);
}

/** What an end says: `resolved` before its reason; a reason that no list knows says nothing. */
function endCodeOf({ attributes: { resolved, reason } }: CountableEvent, words: OwnWordLists): number {
  if (typeof resolved === "boolean") return resolved ? endCode.confirmed : endCode.failed;
  return typeof reason === "string" ? endCode[meaningOf("end_reason", reason, words) ?? "assumed"] : endCode.assumed;
}

/** Whose a message of this role is; a word that no list knows is the customer's. */
export function messageRoleOf(role: string, words: OwnWordLists): "ai" | "user" | "agent" | "system" {
  return meaningOf("role", role, words) ?? "user";
}

/** Whether a `session.message` is the AI's: by its role; a message without one, if it carries a response time. */
export function isAiAnswer({ attributes }: CountableEvent, words: OwnWordLists): boolean {
  const { role } = attributes;
  if (typeof role === "string") return messageRoleOf(role, words) === "ai";
  return typeof attributes["response_time_ms"] === "number";
}

function isAgentMessage({ attributes: { role } }: CountableEvent, words: OwnWordLists): boolean {
  return typeof role === "string" && messageRoleOf(role, words) === "agent";
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
