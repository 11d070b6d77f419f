import type { ContributingFacts } from "../../metrics/session-contribution.ts";
import { contributingFacts } from "../facts/contributing-rows.ts";
import type { MentioningEvent } from "./find-mentions.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Who or what is erased. */
export type ErasedPerson = { readonly userId: string } | { readonly sessionId: string };

export interface PersonEvent extends MentioningEvent {
  readonly sessionId: string | null;
  readonly ticketId: number | null;
}

/** What is stored of a person beside the facts of sessions. */
export interface FoundPerson {
  /** By what is known of each session, and by any event. */
  readonly sessionIds: readonly string[];
  /** Of these sessions, and those that name the customer without one. */
  readonly events: readonly PersonEvent[];
}

/**
 * Finds a person's sessions and events. For a customer that is one scan of all partitions, because no index
 * knows what events say; nobody has to be held back meanwhile. The rest goes by the index of sessions.
 */
export async function findPerson(
  client: WriterConnection,
  tenantId: string,
  person: ErasedPerson,
): Promise<FoundPerson> {
  if ("sessionId" in person) return gatherPerson(client, tenantId, [person.sessionId], []);
  const naming = await readEvents(client, "event_data ->> 'user_id' = $2", [tenantId, person.userId]);
  return gatherPerson(client, tenantId, await sessionsOf(client, tenantId, person.userId, naming), naming);
}

/**
 * The same under the lock, as it stands now, without the scan: what was found is read again by its keys,
 * with all that its sessions have got since. What names the customer in a session that is not theirs, or in none, and
 * was committed after the scan is not seen; it is no different from what arrives later.
 */
export async function findPersonAgain(
  client: WriterConnection,
  tenantId: string,
  person: ErasedPerson,
  found: FoundPerson,
): Promise<FoundPerson> {
  if ("sessionId" in person) return gatherPerson(client, tenantId, [person.sessionId], []);
  const named = found.events.filter(({ data }) => data["user_id"] === person.userId);
  const naming = await readEvents(
    client,
    "event_data ->> 'user_id' = $2",
    [tenantId, person.userId, named.map(({ eventId }) => eventId), named.map(({ occurredAtMs }) => occurredAtMs)],
    `join unnest($3::uuid[], $4::bigint[]) as found (found_id, found_ms)
      on event_id = found_id and occurred_at = timestamptz 'epoch' + found_ms * interval '1 millisecond'`,
  );
  return gatherPerson(client, tenantId, await sessionsOf(client, tenantId, person.userId, naming), naming);
}

/**
 * Sessions whose facts say that they are or were the customer's (a session that names several keeps the one before its last
 * merge, also where the events that named it are gone by retention), and those of events that name the customer.
 */
async function sessionsOf(
  client: WriterConnection,
  tenantId: string,
  userId: string,
  naming: readonly PersonEvent[],
): Promise<string[]> {
  const { rows } = await client.query<{ session_id: string }>({
    text: "select session_id from analytics_sessions where tenant_id = $1 and (user_id = $2 or prev_user_id = $2)",
    values: [tenantId, userId],
  });
  const named = naming.flatMap(({ sessionId }) => (sessionId === null ? [] : [sessionId]));
  return [...new Set([...rows.map((row) => row.session_id), ...named])];
}

async function gatherPerson(
  client: WriterConnection,
  tenantId: string,
  sessionIds: readonly string[],
  naming: readonly PersonEvent[],
): Promise<FoundPerson> {
  const events = await readEvents(client, "session_id = any ($2::text[])", [tenantId, sessionIds]);
  return { sessionIds, events: [...naming.filter(({ sessionId }) => sessionId === null), ...events] };
}

async function readEvents(
  client: WriterConnection,
  condition: string,
  values: unknown[],
  join = "",
): Promise<PersonEvent[]> {
  const { rows } = await client.query<{
    event_id: string;
    occurred_at: number;
    event_name: string;
    session_id: string | null;
    ticket_id: number | null;
    event_data: Record<string, unknown>;
    service_name: string | null;
  }>({
    text: `
      select event_id, occurred_at, event_name, service_name, session_id, ticket_id, event_data from analytics_events
      ${join} where tenant_id = $1 and ${condition}`,
    values,
  });
  return rows.map((row) => ({
    eventId: row.event_id,
    occurredAtMs: row.occurred_at,
    name: row.event_name,
    serviceName: row.service_name,
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
  const { rows } = await client.query<
    ContributingFacts & { readonly session_id: string; readonly first_seen_at: number }
  >({
    text: `
      select session_id, first_seen_at, ${contributingFacts}
      from analytics_sessions where tenant_id = $1 and session_id = any ($2::text[])`,
    values: [tenantId, sessionIds],
  });
  return rows.map((row) => ({
    sessionId: row.session_id,
    firstSeenMs: row.first_seen_at,
    facts: row,
  }));
}
