import type { Pool } from "pg";

export interface SessionEventRow {
  readonly event_id: string;
  readonly event_name: string;
  /** Milliseconds, as text. */
  readonly occurred_at_ms: string;
  readonly agent_id: number | null;
  readonly ticket_id: number | null;
  readonly event_data: Readonly<Record<string, unknown>>;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly service_name: string | null;
}

/** Where a page of events begins: after this one. */
export interface SessionEventPosition {
  readonly occurredAtMs: number;
  readonly eventId: string;
}

const beforeAll: SessionEventPosition = {
  occurredAtMs: 0,
  eventId: "00000000-0000-0000-0000-000000000000",
};

/** The events of a session in order, by the index on (tenant_id, session_id, occurred_at). */
export async function readSessionEvents(
  pool: Pick<Pool, "query">,
  tenantId: string,
  sessionId: string,
  after: SessionEventPosition | null,
  limit: number,
): Promise<SessionEventRow[]> {
  const position = after ?? beforeAll;
  const { rows } = await pool.query<SessionEventRow>({
    name: "stats-read-session-events",
    text: readSessionEventsSql,
    values: [tenantId, sessionId, new Date(position.occurredAtMs).toISOString(), position.eventId, limit],
  });
  return rows;
}

const readSessionEventsSql = `
select event_id, event_name, trunc(extract(epoch from occurred_at) * 1000)::text as occurred_at_ms,
  agent_id, ticket_id, event_data, trace_id, span_id, service_name
from analytics_events
where tenant_id = $1 and session_id = $2
  and occurred_at >= $3::timestamptz
  and (occurred_at, event_id) > ($3::timestamptz, $4::uuid)
order by occurred_at, event_id
limit $5
`;
