import type { ContributingFacts } from "../metrics/session-contribution.ts";
import type { WriterConnection } from "./writer-connection.ts";

/** Who or what is erased. */
export type ErasedPerson = { readonly userId: string } | { readonly sessionId: string };

/** The sessions that belong to a person: by what is known of each, and by any event. */
export async function findSessionsOf(
  client: WriterConnection,
  tenantId: string,
  person: ErasedPerson,
): Promise<string[]> {
  if ("sessionId" in person) return [person.sessionId];
  const { rows } = await client.query<{ session_id: string }>({
    text: `
      select session_id from analytics_sessions where tenant_id = $1 and user_id = $2
      union
      select session_id from analytics_events
      where tenant_id = $1 and session_id is not null and event_data ->> 'user_id' = $2`,
    values: [tenantId, person.userId],
  });
  return rows.map((row) => row.session_id);
}

export interface PersonEvent {
  readonly eventId: string;
  readonly occurredAtMs: number;
  readonly name: string;
  readonly sessionId: string | null;
  readonly ticketId: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events of these sessions, and those that name the customer without a session. */
export async function readPersonEvents(
  client: WriterConnection,
  tenantId: string,
  sessionIds: readonly string[],
  userId: string | null,
): Promise<PersonEvent[]> {
  const { rows } = await client.query<{
    event_id: string;
    occurred_at: number;
    event_name: string;
    session_id: string | null;
    ticket_id: number | null;
    event_data: Record<string, unknown>;
  }>({
    text: `
      select event_id, occurred_at, event_name, session_id, ticket_id, event_data from analytics_events
      where tenant_id = $1 and (session_id = any ($2::text[]) or ($3::text is not null and event_data ->> 'user_id' = $3))`,
    values: [tenantId, sessionIds, userId],
  });
  return rows.map((row) => ({
    eventId: row.event_id,
    occurredAtMs: row.occurred_at,
    name: row.event_name,
    sessionId: row.session_id,
    ticketId: row.ticket_id,
    data: row.event_data,
  }));
}

export interface PersonSession {
  readonly sessionId: string;
  readonly firstSeenMs: number;
  readonly facts: ContributingFacts;
}

/** Stored facts of these sessions. */
export async function readPersonSessions(
  client: WriterConnection,
  tenantId: string,
  sessionIds: readonly string[],
): Promise<PersonSession[]> {
  const { rows } = await client.query<{
    session_id: string;
    first_seen_at: number;
    first_start_at: number | null;
    last_start_at: number | null;
    last_activity_at: number;
    first_end_at: number | null;
    escalated_at: number | null;
    taken_over_at: number | null;
    first_answer_at: number | null;
    user_id: string | null;
  }>({
    text: `
      select session_id, first_seen_at, first_start_at, last_start_at, last_activity_at, first_end_at,
        escalated_at, taken_over_at, first_answer_at, user_id
      from analytics_sessions where tenant_id = $1 and session_id = any ($2::text[])`,
    values: [tenantId, sessionIds],
  });
  return rows.map((row) => ({
    sessionId: row.session_id,
    firstSeenMs: row.first_seen_at,
    facts: {
      firstStartMs: row.first_start_at,
      lastStartMs: row.last_start_at,
      lastActivityMs: row.last_activity_at,
      firstEndMs: row.first_end_at,
      escalatedMs: row.escalated_at,
      takenOverMs: row.taken_over_at,
      firstAnswerMs: row.first_answer_at,
      userId: row.user_id,
    },
  }));
}
