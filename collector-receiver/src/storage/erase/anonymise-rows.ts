import { instantOf } from "../wire/instant-of.ts";
import type { EventWithTexts } from "./read-events.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * Replaces what events say, under the same keys: the original, sent again, is still a duplicate. Traces
 * lead to what other systems know, so their ids go.
 */
export async function replaceEvents(
  client: WriterConnection,
  tenantId: string,
  events: readonly EventWithTexts[],
): Promise<void> {
  await client.query({
    text: `
      update analytics_events e
      set session_id = anonymous.session_id, event_data = anonymous.event_data::jsonb, ticket_id = anonymous.ticket_id,
        event_name = anonymous.event_name, service_name = anonymous.service_name, trace_id = null, span_id = null
      from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[])
        as anonymous (event_id, occurred_ms, session_id, event_data, ticket_id, event_name, service_name)
      where e.tenant_id = $1 and e.event_id = anonymous.event_id
        and e.occurred_at = ${instantOf("anonymous.occurred_ms")}`,
    values: [
      tenantId,
      events.map((event) => event.eventId),
      events.map((event) => event.occurredAtMs),
      events.map((event) => event.sessionId),
      events.map((event) => JSON.stringify(event.data)),
      events.map((event) => event.ticketId),
      events.map((event) => event.name),
      events.map((event) => event.serviceName),
    ],
  });
}

/** Gives sessions other ids and customers; what they were before their last merge is forgotten. */
export async function renameSessions(
  client: WriterConnection,
  tenantId: string,
  sessions: readonly { readonly from: string; readonly to: string; readonly userId: string | null }[],
): Promise<void> {
  await client.query({
    text: `
      update analytics_sessions s
      set session_id = renamed.session_id, user_id = renamed.user_id, prev_user_id = null
      from unnest($2::text[], $3::text[], $4::text[]) as renamed (old_id, session_id, user_id)
      where s.tenant_id = $1 and s.session_id = renamed.old_id`,
    values: [
      tenantId,
      sessions.map((session) => session.from),
      sessions.map((session) => session.to),
      sessions.map((session) => session.userId),
    ],
  });
}

/**
 * Gives sessions other ids where only their ids stand, sealed periods included: what a product's own metrics count of them
 * stays, and so do the hours of the agents who worked in them.
 */
export async function renameSessionIds(
  client: WriterConnection,
  table: "analytics_custom_sessions" | "analytics_agent_states",
  tenantId: string,
  sessions: readonly { readonly from: string; readonly to: string }[],
): Promise<void> {
  await client.query({
    text: `
      update ${table} s set session_id = renamed.session_id
      from unnest($2::text[], $3::text[]) as renamed (old_id, session_id)
      where s.tenant_id = $1 and s.session_id = renamed.old_id`,
    values: [tenantId, sessions.map((session) => session.from), sessions.map((session) => session.to)],
  });
}

/** Renames a customer wherever customers are counted, sealed periods included: the counts stay. */
export async function renameCustomer(
  client: WriterConnection,
  tenantId: string,
  from: string,
  to: string,
): Promise<void> {
  await client.query({
    text: "update analytics_customers set user_id = $3 where tenant_id = $1 and user_id = $2",
    values: [tenantId, from, to],
  });
}

/** Removes customers that no session counts any more. */
export async function forgetCustomers(
  client: WriterConnection,
  tenantId: string,
  userIds: readonly string[],
): Promise<void> {
  await client.query({
    text: "delete from analytics_customers where tenant_id = $1 and user_id = any ($2::text[]) and days = 0 and repeats is null",
    values: [tenantId, userIds],
  });
}

export interface RejectedPayload {
  readonly contentHash: Buffer;
  readonly payload: Buffer;
  readonly payloadType: string;
}

/** All events of a tenant that are kept as they were sent, replayed or not, after `after`, in the order of their hashes. */
export async function readKeptPayloads(
  client: WriterConnection,
  table: "analytics_rejected_events" | "analytics_waiting_events",
  tenantId: string,
  after: Buffer,
  limit: number,
): Promise<RejectedPayload[]> {
  const { rows } = await client.query<{ content_hash: Buffer; payload: Buffer; payload_type: string }>({
    text: `
      select content_hash, payload, payload_type from ${table}
      where tenant_id = $1 and content_hash > $2 order by content_hash limit $3`,
    values: [tenantId, after, limit],
  });
  return rows.map((row) => ({ contentHash: row.content_hash, payload: row.payload, payloadType: row.payload_type }));
}

/**
 * Empties rejected events and keeps their keys and codes; they cannot be replayed any more, and stay in the ledger.
 * @returns how many were not empty
 */
export async function emptyRejectedEvents(
  client: WriterConnection,
  tenantId: string,
  contentHashes: readonly Buffer[],
): Promise<number> {
  const { rowCount } = await client.query({
    text: `
      update analytics_rejected_events
      set payload = '', reason = 'erased'
      where tenant_id = $1 and content_hash = any ($2::bytea[]) and payload <> ''`,
    values: [tenantId, contentHashes],
  });
  return rowCount ?? 0;
}
