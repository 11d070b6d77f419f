import type { ContributingFacts } from "../../metrics/session-contribution.ts";
import { contributingFacts } from "../facts/contributing-rows.ts";
import { readEvents, type EventWithTexts } from "./read-events.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Who or what is erased. */
export type ErasedPerson = { readonly userId: string } | { readonly sessionId: string };

/** What is stored of a person beside the facts of sessions. */
export interface FoundPerson {
  /** By what is known of each session, and by any event. */
  readonly sessionIds: readonly string[];
  /** Of these sessions, and those that name the customer without one. */
  readonly events: readonly EventWithTexts[];
}

/**
 * Finds a person's sessions and events: those of a customer by what `findMentions` has found, because no index knows what
 * events say, the rest by the index of sessions.
 * @param mentioning all events of the tenant that hold the person's id anywhere
 */
export async function findPerson(
  client: WriterConnection,
  tenantId: string,
  person: ErasedPerson,
  mentioning: readonly EventWithTexts[],
): Promise<FoundPerson> {
  if ("sessionId" in person) return gatherPerson(client, tenantId, [person.sessionId], []);
  const naming = mentioning.filter(({ customer }) => customer === person.userId);
  return gatherPerson(client, tenantId, await sessionsOf(client, tenantId, person.userId, naming), naming);
}

/**
 * The same under the lock, as it stands now, without the scan: what was found is read again by its keys,
 * with all that its sessions have got since. What names the customer in a session that is not theirs, or in none, and
 * was committed after the scan is not seen; it is the same as an event that arrives later.
 */
export async function findPersonAgain(
  client: WriterConnection,
  tenantId: string,
  person: ErasedPerson,
  found: FoundPerson,
): Promise<FoundPerson> {
  if ("sessionId" in person) return gatherPerson(client, tenantId, [person.sessionId], []);
  const named = found.events.filter(({ customer }) => customer === person.userId);
  const naming = await readEvents(client, tenantId, "event_data ->> 'user_id' = $2", [person.userId], named);
  return gatherPerson(client, tenantId, await sessionsOf(client, tenantId, person.userId, naming), naming);
}

/**
 * Sessions whose facts say that they are or were the customer's (a session that names several keeps the one before its last
 * merge, also if the events that named it are gone by retention), and those of events that name the customer.
 */
async function sessionsOf(
  client: WriterConnection,
  tenantId: string,
  userId: string,
  naming: readonly EventWithTexts[],
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
  naming: readonly EventWithTexts[],
): Promise<FoundPerson> {
  const events = await readEvents(client, tenantId, "session_id = any ($2::text[])", [sessionIds]);
  return { sessionIds, events: [...naming.filter(({ sessionId }) => sessionId === null), ...events] };
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
