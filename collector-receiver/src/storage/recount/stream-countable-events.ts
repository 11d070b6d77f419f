import { instantOf } from "../wire/instant-of.ts";
import type { CountableEvent, CountedAttributes } from "../../mapping/business-event.ts";
import { invalidKey } from "../../mapping/invalid-values.ts";
import type { InvalidNotes } from "../../mapping/invalid-values.ts";
import { aiCallEvent } from "../../metrics/ai-calls.ts";
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
  event_data: CountedAttributes & { readonly [invalidKey]?: InvalidNotes };
  service_name: string | null;
  has_derived_id: boolean;
}

const isOfDerivedVersion = "get_byte(uuid_send(e.event_id), 6) >> 4 = 5";

/** SQL over `analytics_events e`: we derived its id. One of version 5 that is claimed was the sender's all the same. */
export const hasDerivedId = `${isOfDerivedVersion} and not exists (
  select from public.analytics_event_ids c
  where c.tenant_id = e.tenant_id and c.event_id = e.event_id and c.occurred_at = e.occurred_at)`;

/** SQL over `analytics_events e`: the receiver made it of a span, and gave it its id (`isOfSpan`). */
export const isOfSpanSql = `((e.event_name = '${aiCallEvent}' and jsonb_typeof(e.event_data -> 'scope') = 'string') is true)`;

/** What counting reads of `analytics_events e`. */
export const countableColumns = `
  e.event_id, e.event_name, e.session_id, e.agent_id, e.ticket_id, e.occurred_at, e.event_data, e.service_name,
  ${hasDerivedId} as has_derived_id`;

/**
 * The stored events of tenants from `retainedFromMs` on as counting reads them, some hundreds at a time, in no particular
 * order. Needs an open transaction; memory is bounded. The reader's connection is lost if this stops early.
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
      ${retainedFromMs === null ? "" : `and occurred_at >= ${instantOf(String(retainedFromMs))}`}
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
      select ${countableColumns}
      from public.analytics_events e where e.tenant_id = $1 and e.session_id = any ($2::text[])
        and e.occurred_at >= coalesce(${instantOf("$3")}, '-infinity')`,
    values: [tenantId, sessionIds, retainedFromMs],
  });
  return rows.map((row) => countableEvent(tenantId, row));
}

/** A stored event whose id looks derived and is claimed: its sender has made it. */
export type MarkedEvent = Pick<CountableEvent, "tenantId" | "eventId" | "name" | "occurredAtMs">;

/**
 * The events of tenants that count and whose ids look derived and are not, after `after`, in the order of their ids. Those of
 * spans are left out: no id of theirs counts as derived.
 */
export async function readMarkedEvents(
  client: WriterConnection,
  tenantIds: readonly string[],
  retainedFromMs: number | null,
  after: MarkedEvent | undefined,
  limit: number,
): Promise<MarkedEvent[]> {
  const { rows } = await client.query<{ tenant_id: string; event_id: string; event_name: string; occurred_at: number }>(
    {
      text: `
      select e.tenant_id, e.event_id, e.event_name, e.occurred_at
      from public.analytics_event_ids c join public.analytics_events e using (tenant_id, event_id, occurred_at)
      where tenant_id = any ($1::text[]) and ${isOfDerivedVersion} and not ${isOfSpanSql}
        and occurred_at >= coalesce(${instantOf("$2")}, '-infinity')
        and (tenant_id, event_id) > ($3, $4::uuid) and (e.event_data -> 'test') is distinct from 'true'
      order by tenant_id, event_id limit $5`,
      values: [tenantIds, retainedFromMs, after?.tenantId ?? "", after?.eventId ?? nilUuid, limit],
    },
  );
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    eventId: row.event_id,
    name: row.event_name,
    occurredAtMs: row.occurred_at,
  }));
}

const nilUuid = "00000000-0000-0000-0000-000000000000";

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
    serviceName: row.service_name,
    hasDerivedId: row.has_derived_id,
    invalid: row.event_data[invalidKey],
  };
}
