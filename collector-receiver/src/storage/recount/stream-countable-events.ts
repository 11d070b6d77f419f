import type { CountableEvent, CountedAttributes } from "../../mapping/business-event.ts";
import { isOfTenants } from "./is-of-tenants.ts";
import { copyOut } from "../wire/copy-out.ts";
import { CountableRowReader, countableRowColumns } from "../events/countable-row-reader.ts";
import { sessionMark } from "../../metrics/session-marks.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

export interface CountableRow {
  event_id: string;
  event_name: string;
  session_id: string | null;
  agent_id: number | null;
  ticket_id: number | null;
  occurred_at: number;
  event_data: CountedAttributes;
}

/** What counting reads of `analytics_events e`. */
export const countableColumns =
  "e.event_id, e.event_name, e.session_id, e.agent_id, e.ticket_id, e.occurred_at, e.event_data";

/**
 * The stored events of tenants from `retainedFromMs` on as counting reads them, some hundreds at a time, in no particular
 * order. Needs an open transaction; memory is bounded. The reader's connection is lost where this stops early.
 * @param counted the attributes that an event gets
 */
export async function* streamCountableEvents(
  client: WriterConnection,
  tenantIds: readonly string[],
  retainedFromMs: number | null,
  counted: ReadonlySet<string>,
): AsyncGenerator<CountableEvent[]> {
  const only = tenantIds.length === 1 ? (tenantIds[0] ?? null) : null;
  const rows = new CountableRowReader(only, counted);
  const statement = `copy (
    select ${only === null ? "tenant_id, " : ""}${countableRowColumns}
    from public.analytics_events where ${isOfTenants(client, tenantIds)}
      ${retainedFromMs === null ? "" : `and occurred_at >= timestamptz 'epoch' + ${retainedFromMs} * interval '1 millisecond'`}
    ) to stdout (format binary)`;
  for await (const messages of copyOut(client, statement)) yield rows.read(messages);
}

/** The stored events of some sessions from `retainedFromMs` on as counting reads them. */
export async function loadSessionEvents(
  client: WriterConnection,
  tenantId: string,
  sessionIds: readonly string[],
  retainedFromMs: number | null,
): Promise<CountableEvent[]> {
  const { rows } = await client.query<CountableRow>({
    name: "read-session-events",
    text: `
      select event_id, event_name, session_id, agent_id, ticket_id, occurred_at, event_data
      from public.analytics_events where tenant_id = $1 and session_id = any ($2::text[])
        and occurred_at >= coalesce(timestamptz 'epoch' + $3::bigint * interval '1 millisecond', '-infinity')`,
    values: [tenantId, sessionIds, retainedFromMs],
  });
  return rows.map((row) => countableEvent(tenantId, row));
}

/** A session of the recount that is a test. */
export interface ShadowTest {
  readonly tenantId: string;
  readonly sessionId: string;
}

/** Test sessions of the recount after `after`, in order, at most `limit`. */
export async function readShadowTests(
  client: WriterConnection,
  after: ShadowTest | undefined,
  limit: number,
): Promise<ShadowTest[]> {
  const { rows } = await client.query<ShadowTest>({
    text: `
      select tenant_id as "tenantId", session_id as "sessionId" from pg_temp.analytics_sessions
      where marks & ${sessionMark.test} <> 0 and (tenant_id, session_id) > ($1, $2)
      order by tenant_id, session_id limit $3`,
    values: [after?.tenantId ?? "", after?.sessionId ?? "", limit],
  });
  return rows;
}

/** A stored event as counting reads it. */
export function countableEvent(tenantId: string, row: CountableRow): CountableEvent {
  return {
    tenantId,
    eventId: row.event_id,
    name: row.event_name,
    sessionId: row.session_id,
    agentId: row.agent_id,
    ticketId: row.ticket_id,
    occurredAtMs: row.occurred_at,
    test: row.event_data["test"] === true,
    attributes: row.event_data,
  };
}
