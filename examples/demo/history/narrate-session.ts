import type { SampleVisit } from "./sample-visit.ts";
import { narrateGoodbye } from "./narrate-goodbye.ts";
import { narrateQuery } from "./narrate-query.ts";
import { narrateTakeover } from "./narrate-takeover.ts";
import { shiftsAt } from "./plan-shifts.ts";
import type { SampleDay } from "./sample-day.ts";

/** Channel, its share, and how often its customers end up with a human. */
const channels = [
  [{ name: "web", escalation: 0.13 }, 46],
  [{ name: "app", escalation: 0.1 }, 24],
  [{ name: "api", escalation: 0.11 }, 12],
  [{ name: "email", escalation: 0.26 }, 8],
  [{ name: "whatsapp", escalation: 0.17 }, 10],
] as const;
type Channel = (typeof channels)[number][0];

/** Reasons of a conversation that the AI could not go on with; the last is that of customers who ask at once. */
const escalationReasons = [
  [{ reason: "keyword", severity: "medium" }, 34],
  [{ reason: "unhelpful_answers", severity: "low" }, 24],
  [{ reason: "complaint", severity: "high" }, 15],
  [{ reason: "refund", severity: "medium" }, 10],
  [{ reason: "low_confidence", severity: "low" }, 9],
  [{ reason: "payment_issue", severity: "high" }, 5],
  [{ reason: "order_not_found", severity: "medium" }, 3],
] as const;
const askedAtOnce = { reason: "customer_request", severity: "medium" } as const;

/** A customer's chat from the first word to its end and a rating, or to silence; a ticket if no agent is there. */
export function narrateSession(visit: SampleVisit, day: SampleDay): void {
  const { random, narrate, conditions } = day;
  const about = { session_id: visit.sessionId, user_id: visit.userId };
  const channel = random.weighted(channels);
  narrate("session.start", visit.startMs, { ...about, channel: channel.name });
  const wantsHuman = random.chance(0.035);
  // One customer in forty is gone before the first answer.
  const answers = wantsHuman || random.chance(0.025) ? 0 : 1 + random.poisson(2.4);
  const { now: answeredAt, failures } = narrateAnswers(visit, channel, answers, day);
  let now = answers === 0 ? visit.startMs + random.integer(2_000, 40_000) : answeredAt;
  let agentId: number | null = null;
  const isEscalated =
    wantsHuman || random.chance(Math.min(0.9, channel.escalation * conditions.escalations + 0.12 * failures));
  if (isEscalated) {
    const { reason, severity } = wantsHuman ? askedAtOnce : random.weighted(escalationReasons);
    narrate("session.escalate", now, { ...about, reason, severity });
    const wait = Math.round(random.logNormal((severity === "high" ? 16_000 : 26_000) * conditions.waits, 0.6));
    const onDuty = shiftsAt(day.shifts, now + wait);
    // A customer in fourteen is gone before an agent is there.
    if (onDuty.length > 0 && !random.chance(0.07)) {
      ({ now, agentId } = narrateTakeover({ ...visit, escalatedAt: now, waitMs: wait }, onDuty, day));
    } else if (onDuty.length === 0 && random.chance(0.7)) {
      day.openTicket({ createdAt: now + 2_000, source: "chat", sessionId: visit.sessionId, agentId: null });
    }
  }
  narrateGoodbye(about, { now, answers, failures, isEscalated, agentId }, random, narrate);
}

/** What the AI answers, and what it looks up for that. Gives when it is done, and how many look-ups failed. */
function narrateAnswers(
  { sessionId, userId, startMs }: SampleVisit,
  channel: Channel,
  answers: number,
  { random, narrate, conditions }: SampleDay,
): { readonly now: number; readonly failures: number } {
  const about = { session_id: sessionId, user_id: userId };
  const streamed = channel.name === "web" || channel.name === "app";
  let [now, failures] = [startMs, 0];
  for (let turn = 0; turn < answers; turn++) {
    now += random.integer(1, 400);
    if (narrateQuery(about, now, conditions.failedLookUps, random, narrate)) failures += 1;
    const responseMs = Math.round(random.logNormal((streamed ? 1_650 : 1_150) * conditions.responseTimes, 0.42));
    now += responseMs;
    narrate("session.message", now, {
      ...about,
      role: "ai",
      message_length: Math.round(random.logNormal(85, 0.5)),
      response_time_ms: responseMs,
      ...(streamed ? { first_token_ms: Math.round(responseMs * (0.18 + 0.2 * random.uniform())) } : {}),
    });
    now += Math.round(random.logNormal(24_000, 0.8));
  }
  return { now, failures };
}
