import type { WriterConnection } from "../wire/writer-connection.ts";

/** An event with all of its texts. */
export interface MentioningEvent {
  readonly eventId: string;
  readonly occurredAtMs: number;
  readonly name: string;
  readonly serviceName: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** How `id` stands in the text of a jsonb value. */
export function jsonFragment(id: string): string {
  return JSON.stringify(id).slice(1, -1);
}

/**
 * Events that hold a text anywhere: in their data (keys included), their name or their service's name. One scan of the
 * tenant's rows; the caller looks closer, because `u-7` is part of `u-77`.
 * @param only keys of events to read again; null: all
 */
export async function findMentions(
  client: WriterConnection,
  tenantId: string,
  id: string,
  only: readonly { readonly eventId: string; readonly occurredAtMs: number }[] | null = null,
): Promise<MentioningEvent[]> {
  const again = `join unnest($4::uuid[], $5::bigint[]) as found (found_id, found_ms)
    on event_id = found_id and occurred_at = timestamptz 'epoch' + found_ms * interval '1 millisecond'`;
  const { rows } = await client.query<{
    event_id: string;
    occurred_at: number;
    event_name: string;
    service_name: string | null;
    event_data: Record<string, unknown>;
  }>({
    text: `
      select event_id, occurred_at, event_name, service_name, event_data from analytics_events ${only === null ? "" : again}
      where tenant_id = $1 and (position($2 in event_data::text) > 0 or position($3 in event_name) > 0
        or position($3 in service_name) > 0)`,
    values: [
      tenantId,
      jsonFragment(id),
      id,
      ...(only === null ? [] : [only.map(({ eventId }) => eventId), only.map(({ occurredAtMs }) => occurredAtMs)]),
    ],
  });
  return rows.map((row) => ({
    eventId: row.event_id,
    occurredAtMs: row.occurred_at,
    name: row.event_name,
    serviceName: row.service_name,
    data: row.event_data,
  }));
}

/** Writes texts of events anew; everything else stays. */
export async function rewriteEvents(
  client: WriterConnection,
  tenantId: string,
  events: readonly MentioningEvent[],
): Promise<void> {
  await client.query({
    text: `
      update analytics_events e
      set event_name = rewritten.event_name, service_name = rewritten.service_name, event_data = rewritten.event_data::jsonb
      from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[])
        as rewritten (event_id, occurred_ms, event_name, service_name, event_data)
      where e.tenant_id = $1 and e.event_id = rewritten.event_id
        and e.occurred_at = timestamptz 'epoch' + rewritten.occurred_ms * interval '1 millisecond'`,
    values: [
      tenantId,
      events.map((event) => event.eventId),
      events.map((event) => event.occurredAtMs),
      events.map((event) => event.name),
      events.map((event) => event.serviceName),
      events.map((event) => JSON.stringify(event.data)),
    ],
  });
}
