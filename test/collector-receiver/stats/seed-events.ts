import { randomUUID } from "node:crypto";
import type pg from "pg";

export interface SeededEvent {
  readonly tenantId: string;
  readonly sessionId: string;
  readonly name: string;
  /** ISO 8601 */
  readonly at: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly eventId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** Puts rows into `analytics_events`, and the facts that a session route needs. */
export async function seedEvents(pool: pg.Pool, events: readonly SeededEvent[]): Promise<void> {
  for (const month of new Set(events.map(({ at }) => at.slice(0, 7)))) {
    await pool.query("select spanledger_ensure_partition($1::date)", [`${month}-01`]);
  }
  for (const event of events) {
    await pool.query(
      `insert into analytics_events
         (tenant_id, event_id, event_name, session_id, event_data, occurred_at, trace_id, span_id, service_name)
       values ($1, $2, $3, $4, $5, $6, $7, $8, 'ai-chatbot')`,
      [
        event.tenantId,
        event.eventId ?? randomUUID(),
        event.name,
        event.sessionId,
        JSON.stringify({ session_id: event.sessionId, ...event.data }),
        event.at,
        event.traceId ?? null,
        event.spanId ?? null,
      ],
    );
    const started = event.name === "session.start" ? event.at : null;
    const ended = event.name === "session.end" ? event.at : null;
    const escalated = event.name === "session.escalate" ? event.at : null;
    const answered = event.data?.["role"] === "ai" ? event.at : null;
    await pool.query(
      `insert into analytics_sessions as known
         (tenant_id, session_id, first_start_at, channel, first_seen_at, last_activity_at, first_end_at, escalated_at,
           first_answer_at)
       values ($1, $2, $3, $4, $5, $5, $6, $7, $8)
       on conflict (tenant_id, session_id) do update set
         first_start_at = least(known.first_start_at, excluded.first_start_at),
         channel = coalesce(known.channel, excluded.channel),
         last_activity_at = greatest(known.last_activity_at, excluded.last_activity_at),
         first_end_at = least(known.first_end_at, excluded.first_end_at),
         escalated_at = least(known.escalated_at, excluded.escalated_at),
         first_answer_at = least(known.first_answer_at, excluded.first_answer_at)`,
      [event.tenantId, event.sessionId, started, event.data?.["channel"] ?? null, event.at, ended, escalated, answered],
    );
  }
}
