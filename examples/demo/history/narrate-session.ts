import type { SampleVisit } from "./sample-visit.ts";
import type { Narrate } from "./history-event.ts";
import { narrateTakeover } from "./narrate-takeover.ts";
import type { OpenTicket } from "./narrate-ticket.ts";
import { shiftsAt, type SampleShift } from "./plan-shifts.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Channel, its share, and how often its customers end up with a human. */
const channels = [
  [{ name: "web", escalation: 0.11 }, 46],
  [{ name: "app", escalation: 0.09 }, 24],
  [{ name: "api", escalation: 0.1 }, 12],
  [{ name: "email", escalation: 0.2 }, 8],
  [{ name: "whatsapp", escalation: 0.14 }, 10],
] as const;
const sites = ["uk", "de", "fr", "es", "it", "us"] as const;
const carriers = [
  ["yanwen", "YT"],
  ["ups", "1Z"],
  ["dhl", "JD"],
  ["cainiao", "LP"],
] as const;
const trackingStatuses = [
  ["in_transit", 52],
  ["delivered", 27],
  ["out_for_delivery", 12],
  ["info_received", 7],
  ["exception", 2],
] as const;
const escalationReasons = [
  [{ reason: "keyword", severity: "medium" }, 48],
  [{ reason: "unhelpful_answers", severity: "low" }, 33],
  [{ reason: "complaint", severity: "high" }, 19],
] as const;

/** A customer's chat from the first word to its end, or to silence; a ticket where no agent is there. */
export function narrateSession(
  visit: SampleVisit,
  shifts: readonly SampleShift[],
  random: SeededRandom,
  narrate: Narrate,
  openTicket: OpenTicket,
): void {
  const about = { session_id: visit.sessionId, user_id: visit.userId };
  const channel = random.weighted(channels);
  let now = visit.startMs;
  narrate("session.start", now, { ...about, channel: channel.name });

  let failures = 0;
  // One customer in forty is gone before the first answer.
  const answers = random.chance(0.025) ? 0 : 1 + random.poisson(2.6);
  if (answers === 0) now += random.integer(2_000, 40_000);
  for (let turn = 0; turn < answers; turn++) {
    now += random.integer(1, 400);
    const failed = narrateQuery(about, now, random, narrate);
    failures += failed ? 1 : 0;
    const streamed = channel.name === "web" || channel.name === "app";
    const responseMs = Math.round(random.logNormal(streamed ? 1_650 : 1_150, 0.42));
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

  if (random.chance(channel.escalation + 0.12 * failures)) {
    const { reason, severity } = random.weighted(escalationReasons);
    narrate("session.escalate", now, { ...about, reason, severity });
    const wait = Math.round(random.logNormal(severity === "high" ? 14_000 : 24_000, 0.6));
    const onDuty = shiftsAt(shifts, now + wait);
    // A customer in fourteen is gone before an agent is there.
    if (onDuty.length > 0 && !random.chance(0.07)) {
      now = narrateTakeover({ ...visit, escalatedAt: now, waitMs: wait }, onDuty, random, narrate, openTicket);
    } else if (onDuty.length === 0 && random.chance(0.7)) {
      openTicket({ createdAt: now + 2_000, source: "chat", sessionId: visit.sessionId, agentId: null });
    }
  }
  if (random.chance(0.78)) {
    now += Math.round(random.logNormal(15_000, 0.7));
    narrate("session.end", now, {
      ...about,
      reason: random.weighted([
        ["customer_closed", 7],
        ["page_left", 3],
      ] as const),
    });
  }
}

/** Every second answer or so looks something up. Gives whether that failed. */
function narrateQuery(
  about: { session_id: string; user_id: string },
  now: number,
  random: SeededRandom,
  narrate: Narrate,
): boolean {
  const kind = random.weighted([
    ["none", 62],
    ["order", 18],
    ["tracking", 20],
  ] as const);
  if (kind === "none") return false;
  if (kind === "order") {
    const success = random.chance(0.982);
    narrate("query.order", now, {
      ...about,
      order_number: `FD${random.integer(10_000, 89_999)}`,
      site: random.pick(sites),
      success,
      response_time_ms: Math.round(random.logNormal(success ? 210 : 900, 0.5)),
    });
    return !success;
  }
  const success = random.chance(0.968);
  const [carrier, prefix] = random.pick(carriers);
  narrate("query.tracking", now, {
    ...about,
    tracking_number: `${prefix}${random.integer(1_000_000_000, 9_999_999_999)}`,
    carrier,
    success,
    status: success ? random.weighted(trackingStatuses) : "not_found",
    response_time_ms: Math.round(random.logNormal(success ? 320 : 1_400, 0.5)),
  });
  return !success;
}
