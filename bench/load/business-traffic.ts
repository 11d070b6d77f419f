/** One business event as a product records it. */
export interface TrafficEvent {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly atMs: number;
}

export interface TrafficOptions {
  readonly events: number;
  readonly seed: number;
  /** Chat sessions that are open at once: how many different ones the events of a batch belong to. */
  readonly openSessions: number;
  /** Time of the first event; the others follow within the hour. */
  readonly startMs: number;
}

const hourMs = 3_600_000;
const carriers = ["ups", "dhl", "evri", "royal-mail"];
const sites = ["uk", "de", "fr", "us"];

/**
 * Traffic of the two products: sessions of about ten events (start, messages of user and AI in turn,
 * queries, end; one in ten is escalated and taken over by an agent), and about 2 % of agent and ticket
 * events without a session. The same options give the same events.
 */
export function* makeTraffic({ events, seed, openSessions, startMs }: TrafficOptions): Generator<TrafficEvent> {
  const random = makeRandom(seed);
  const open: Session[] = Array.from({ length: openSessions }, (_, i) => startSession(seed, i, random));
  let sessions = openSessions;
  for (let i = 0; i < events; i++) {
    const atMs = startMs + Math.floor((i * hourMs) / events);
    if (random() < 0.02) {
      yield { ...staffEvent(random, i), atMs };
      continue;
    }
    const place = Math.floor(random() * open.length);
    const session = open[place] as Session;
    yield { ...nextOf(session, random), atMs };
    if (session.step >= session.steps) open[place] = startSession(seed, sessions++, random);
  }
}

interface Session {
  readonly id: string;
  readonly user: string;
  readonly steps: number;
  readonly escalates: boolean;
  readonly agent: number;
  step: number;
}

function startSession(seed: number, number: number, random: () => number): Session {
  return {
    id: `s-20251225-${seed}-${String(number).padStart(7, "0")}`,
    user: `u-${Math.floor(random() * 100_000)}`,
    steps: 4 + Math.floor(random() * 13),
    escalates: random() < 0.1,
    agent: 1 + Math.floor(random() * 50),
    step: 0,
  };
}

type Step = Omit<TrafficEvent, "atMs">;

function nextOf(session: Session, random: () => number): Step {
  const { id, user, steps, escalates } = session;
  const step = session.step++;
  const left = steps - step;
  if (step === 0) return { name: "session.start", attributes: { session_id: id, channel: "api", user_id: user } };
  if (escalates && left <= 4) return escalationStep(session, left, random);
  if (left === 1) return { name: "session.end", attributes: { session_id: id, reason: "customer_closed" } };
  const kind = random();
  if (kind < 0.08) return orderQuery(id, random);
  if (kind < 0.16) return trackingQuery(id, random);
  return message(session, step, random);
}

/** The last four steps of a session that a human takes over. */
function escalationStep({ id, agent }: Session, left: number, random: () => number): Step {
  if (left === 4) {
    return { name: "session.escalate", attributes: { session_id: id, reason: "keyword", severity: "high" } };
  }
  if (left === 3) {
    const wait = Math.round(random() * 90_000) / 1000;
    const attributes = { agent_id: agent, session_id: id, wait_duration_seconds: wait };
    return { name: "agent.session_takeover", attributes };
  }
  if (left === 2) {
    const attributes = { agent_id: agent, session_id: id, message_length: 20 + Math.floor(random() * 200) };
    return { name: "agent.session_message", attributes };
  }
  const handled = Math.round(random() * 900_000) / 1000;
  return {
    name: "agent.session_release",
    attributes: { agent_id: agent, session_id: id, handle_duration_seconds: handled, message_count: 4 },
  };
}

function orderQuery(id: string, random: () => number): Step {
  return {
    name: "query.order",
    attributes: {
      session_id: id,
      order_number: `FD${10_000 + Math.floor(random() * 90_000)}`,
      site: sites[Math.floor(random() * 4)] as string,
      success: random() < 0.9,
      response_time_ms: duration(random, 300),
    },
  };
}

function trackingQuery(id: string, random: () => number): Step {
  return {
    name: "query.tracking",
    attributes: {
      session_id: id,
      tracking_number: `TEST${100_000 + Math.floor(random() * 900_000)}`,
      carrier: carriers[Math.floor(random() * 4)] as string,
      success: random() < 0.85,
      status: "in_transit",
      response_time_ms: duration(random, 500),
    },
  };
}

function message({ id, user }: Session, step: number, random: () => number): Step {
  const length = 20 + Math.floor(random() * 400);
  if (step % 2 === 1) {
    return {
      name: "session.message",
      attributes: { session_id: id, role: "user", message_length: length, user_id: user },
    };
  }
  return {
    name: "session.message",
    attributes: {
      session_id: id,
      role: "ai",
      message_length: length,
      response_time_ms: duration(random, 1500),
      user_id: user,
    },
  };
}

function staffEvent(random: () => number, i: number): Step {
  const agent = 1 + Math.floor(random() * 50);
  const kind = random();
  if (kind < 0.1) return { name: "agent.login", attributes: { agent_id: agent, agent_name: `Agent ${agent}` } };
  if (kind < 0.2) {
    return { name: "agent.logout", attributes: { agent_id: agent, work_duration_minutes: 478, sessions_handled: 23 } };
  }
  if (kind < 0.4) {
    return { name: "agent.status_change", attributes: { agent_id: agent, from_status: "online", to_status: "busy" } };
  }
  if (kind < 0.7) {
    return {
      name: "ticket.created",
      attributes: { ticket_id: i, source: "chat", type: "inquiry", priority: "normal", agent_id: agent },
    };
  }
  return {
    name: "ticket.closed",
    attributes: {
      ticket_id: i,
      resolution_duration_hours: Math.round(random() * 4000) / 100,
      sla_met: random() < 0.9,
      agent_id: agent,
    },
  };
}

/** Milliseconds around `typical`, with a long tail, as response times are. */
function duration(random: () => number, typical: number): number {
  return Math.round(typical * Math.exp((random() + random() + random() - 1.5) * 1.2));
}

/** xorshift32 (https://www.jstatsoft.org/article/view/v008i14), as a number from 0 to below 1. */
function makeRandom(seed: number): () => number {
  let state = (seed * 2_654_435_761) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}
