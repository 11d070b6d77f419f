import type pg from "pg";
import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { makeEvent, openTestIngest } from "../support/open-test-ingest.ts";
import { seedSettings } from "../collector-receiver/stats/seed-counters.ts";
import type { SeededSettings } from "../collector-receiver/stats/seed-counters.ts";

/** What one tenant's history is made of. */
export interface SeededHistory {
  readonly tenantId: string;
  readonly settings: SeededSettings;
  /** Instants of events in UTC ms: one of each kind is recorded around each. */
  readonly hours: readonly number[];
  readonly agents: readonly { readonly id: number; readonly name: string | null }[];
}

/**
 * Tenants with a history that went through the receiver's own ingest, so that counters are what the receiver
 * makes of events; rejections and sources are moved to the time at which they would have arrived.
 */
export async function seedBoards(
  database: { readonly pool: pg.Pool; readonly connectionString: string },
  histories: readonly SeededHistory[],
): Promise<void> {
  const ingest = openTestIngest(database.connectionString);
  for (const { tenantId, settings, hours, agents } of histories) {
    await seedSettings(database.pool, tenantId, settings);
    if (hours.length === 0) continue;
    const events = hours.flatMap((atMs, place) => eventsAround(tenantId, atMs, place, agents));
    await ingest.submit(
      {
        events,
        rejected: hours.slice(0, 5).map((_, place) => ({
          tenantId,
          code: place % 2 === 0 ? "missing_attribute" : "wrong_type",
          reason: `reason ${place}`,
          eventName: place === 4 ? null : "session.end",
          occurredAtMs: null,
          payload: new Uint8Array([place]),
          payloadType: "application/json",
          signal: "traces",
          contentHash: new Uint8Array(32).fill(place + 1),
          source: null,
        })),
        // One event more was numbered than arrived, and one was dropped.
        sourceReports: [
          {
            tenantId,
            sourceId: `source-${tenantId}`,
            serviceName: "chatbot",
            lastSeq: events.length + 2,
            dropped: 1,
            reportedAtMs: hours[0] as number,
          },
        ],
        rejectedCarriers: 0,
        ignored: 0,
      },
      1000,
    );
    const at = hours.map((ms) => new Date(ms).toISOString());
    await database.pool.query(
      "update analytics_rejected_events set rejected_at = ($2::timestamptz[])[get_byte(content_hash, 0)] where tenant_id = $1",
      [tenantId, at],
    );
    await database.pool.query(
      "update analytics_sources set first_seen_at = $2, last_seen_at = $3 where tenant_id = $1",
      [tenantId, at[0], at.at(-1)],
    );
  }
  await ingest.close();
}

/** A little of everything around an instant; what happens differs with `place`, so that no two days are alike. */
function eventsAround(tenantId: string, atMs: number, place: number, agents: SeededHistory["agents"]): BusinessEvent[] {
  const session = `${tenantId}-${place}`;
  const agent = agents[place % agents.length] ?? { id: 1, name: null };
  const event = (
    name: string,
    attributes: Record<string, string | number | boolean>,
    extra: Partial<BusinessEvent> = {},
  ): BusinessEvent =>
    makeEvent({
      name,
      tenantId,
      attributes,
      occurredAtMs: atMs,
      serviceName: "chatbot",
      source: { sourceId: `source-${tenantId}`, seq: seqOf(tenantId) },
      ...extra,
    });
  const ofSession = { sessionId: session };
  const ofAgent = { agentId: agent.id, sessionId: session };
  return [
    event("session.start", { channel: "web", user_id: `u-${place % 7}` }, ofSession),
    event("session.message", { response_time_ms: 300 + ((place * 977) % 9000), first_token_ms: 80 + place }, ofSession),
    event("session.message", {}, ofSession),
    event("query.order", { success: place % 9 !== 0, response_time_ms: 40 + place }, ofSession),
    event("query.tracking", { success: place % 4 !== 0, response_time_ms: 60 + place * 3 }, ofSession),
    ...(place % 5 === 0
      ? [event("session.escalate", { reason: place % 2 === 0 ? "keyword" : "low_confidence" }, ofSession)]
      : [event("session.end", {}, ofSession)]),
    ...(place % 3 === 0
      ? [
          event("agent.login", agent.name === null ? {} : { agent_name: agent.name }, { agentId: agent.id }),
          event("agent.session_takeover", { wait_duration_seconds: 7.25 + place }, ofAgent),
          event("agent.session_message", {}, ofAgent),
          event("agent.session_release", { handle_duration_seconds: 120.5 + place * 11 }, ofAgent),
          event("agent.logout", { work_duration_minutes: 240.125 }, { agentId: agent.id }),
        ]
      : []),
    ...(place % 3 === 0
      ? [
          event("agent.login", {}, { agentId: agent.id, occurredAtMs: atMs - 90 * 60_000 }),
          event("agent.status_change", { to_status: "busy" }, { agentId: agent.id, occurredAtMs: atMs - 40 * 60_000 }),
          event("agent.status_change", { to_status: "away" }, { agentId: agent.id, occurredAtMs: atMs - 25 * 60_000 }),
          event("agent.status_change", { to_status: "online" }, { agentId: agent.id, occurredAtMs: atMs - 5 * 60_000 }),
        ]
      : []),
    ...(place % 6 === 0 ? [event("agent.session_transfer", {}, ofAgent)] : []),
    event("ticket.created", {}, { ticketId: place + 1, agentId: place % 4 === 0 ? null : agent.id }),
    ...(place % 2 === 0
      ? [
          event(
            "ticket.closed",
            { resolution_duration_hours: 1.5 + place / 8, sla_met: place % 10 !== 0 },
            { ticketId: place + 1, agentId: agent.id },
          ),
        ]
      : []),
    ...(place % 5 === 0 ? [event("ticket.assigned", { to_agent_id: agent.id }, { ticketId: place + 1 })] : []),
    ...(place % 8 === 0
      ? [
          event(
            "ticket.status_changed",
            { from_status: "closed", to_status: "open" },
            { ticketId: place + 1, occurredAtMs: atMs + 60_000 },
          ),
        ]
      : []),
    event("acme.custom", { note: "ours" }),
  ];
}

const seqs = new Map<string, number>();

function seqOf(tenantId: string): number {
  const seq = (seqs.get(tenantId) ?? 0) + 1;
  seqs.set(tenantId, seq);
  return seq;
}
