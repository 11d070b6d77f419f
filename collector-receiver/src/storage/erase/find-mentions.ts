import { instantOf } from "../wire/instant-of.ts";
import { readEvents, type EventWithTexts } from "./read-events.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** How `id` stands in the text of a jsonb value. */
export function jsonFragment(id: string): string {
  return JSON.stringify(id).slice(1, -1);
}

/**
 * Events that hold a text anywhere: in their data (keys included), their name or their service's name. One scan of the
 * tenant's rows; the caller looks closer, because `u-7` is part of `u-77`.
 * @param again events of an earlier scan to look at again; null: all
 */
export function findMentions(
  client: WriterConnection,
  tenantId: string,
  id: string,
  again: readonly EventWithTexts[] | null = null,
): Promise<EventWithTexts[]> {
  const condition =
    "position($2 in event_data::text) > 0 or position($3 in event_name) > 0 or position($3 in service_name) > 0";
  return readEvents(client, tenantId, condition, [jsonFragment(id), id], again);
}

/** Writes texts of events anew; everything else stays. */
export async function rewriteEvents(
  client: WriterConnection,
  tenantId: string,
  events: readonly EventWithTexts[],
): Promise<void> {
  await client.query({
    text: `
      update analytics_events e
      set event_name = rewritten.event_name, service_name = rewritten.service_name, event_data = rewritten.event_data::jsonb
      from unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[])
        as rewritten (event_id, occurred_ms, event_name, service_name, event_data)
      where e.tenant_id = $1 and e.event_id = rewritten.event_id
        and e.occurred_at = ${instantOf("rewritten.occurred_ms")}`,
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
