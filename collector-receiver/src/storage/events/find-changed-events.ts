import type { BusinessEvent } from "../../mapping/business-event.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchRows } from "../wire/batch-statement.ts";
import { eventIdColumn } from "./event-id-column.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { findPlaces } from "./find-places.ts";

const incoming = batchRows<BusinessEvent>({
  tenant_id: batchOf.text((event) => event.tenantId),
  event_id: eventIdColumn,
  occurred_at: batchOf.time((event) => event.occurredAtMs),
  event_name: batchOf.text((event) => event.name),
  event_data: batchOf.text((event) => Buffer.from(event.eventData).toString()),
});

const statement = {
  name: "find-changed-events",
  // An id whose row is gone by retention says nothing.
  text: `
    select (event.place - 1)::int as place
    from ${incoming.unnested} with ordinality as event (${incoming.names}, place)
    cross join lateral (
      select occurred_at from analytics_event_ids claim
      where claim.tenant_id = event.tenant_id and claim.event_id = event.event_id
      limit 1) as claim
    cross join lateral (
      select event_name, event_data from analytics_events e
      where e.tenant_id = event.tenant_id and e.occurred_at = claim.occurred_at and e.event_id = event.event_id
      limit 1) as stored
    where (claim.occurred_at, stored.event_name::text, stored.event_data)
      is distinct from (event.occurred_at, event.event_name, event.event_data::jsonb)`,
};

/**
 * Which events with claimed ids are stored with another time, name or content.
 * @returns places in `events`
 */
export function findChangedEvents(
  client: WriterConnection,
  events: readonly BusinessEvent[],
): Promise<ReadonlySet<number>> {
  return findPlaces(client, statement, incoming.parameters(events));
}
