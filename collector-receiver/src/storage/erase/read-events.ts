import { instantOf } from "../wire/instant-of.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** An event with all of its texts, and whose it is. */
export interface EventWithTexts {
  readonly eventId: string;
  readonly occurredAtMs: number;
  readonly name: string;
  readonly serviceName: string | null;
  readonly sessionId: string | null;
  readonly ticketId: number | null;
  /** `user_id` of its data as a text; a number is its digits. */
  readonly customer: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Reads events of a tenant.
 * @param condition of SQL; its values are $2 and on
 * @param again only these events, which were read before; null: all
 */
export async function readEvents(
  client: WriterConnection,
  tenantId: string,
  condition: string,
  values: readonly unknown[],
  again: readonly Pick<EventWithTexts, "eventId" | "occurredAtMs">[] | null = null,
): Promise<EventWithTexts[]> {
  const next = values.length + 2;
  const join = `join unnest($${next}::uuid[], $${next + 1}::bigint[]) as found (found_id, found_ms)
    on event_id = found_id and occurred_at = ${instantOf("found_ms")}`;
  const keys = again === null ? [] : [again.map(({ eventId }) => eventId), again.map((event) => event.occurredAtMs)];
  const { rows } = await client.query<{
    event_id: string;
    occurred_at: number;
    event_name: string;
    service_name: string | null;
    session_id: string | null;
    ticket_id: number | null;
    customer: string | null;
    event_data: Record<string, unknown>;
  }>({
    text: `
      select event_id, occurred_at, event_name, service_name, session_id, ticket_id, event_data ->> 'user_id' as customer,
        event_data
      from analytics_events ${again === null ? "" : join} where tenant_id = $1 and (${condition})`,
    values: [tenantId, ...values, ...keys],
  });
  return rows.map((row) => ({
    eventId: row.event_id,
    occurredAtMs: row.occurred_at,
    name: row.event_name,
    serviceName: row.service_name,
    sessionId: row.session_id,
    ticketId: row.ticket_id,
    customer: row.customer,
    data: row.event_data,
  }));
}
