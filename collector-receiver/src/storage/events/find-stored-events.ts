import type { BusinessEvent } from "../../mapping/business-event.ts";
import { batchOf } from "../wire/batch-columns.ts";
import type { BatchColumn } from "../wire/batch-columns.ts";
import { batchRows } from "../wire/batch-statement.ts";
import { eventIdColumn } from "./event-id-column.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { findPlaces } from "./find-places.ts";

const keysOf = (eventId: BatchColumn<BusinessEvent>) =>
  batchRows<BusinessEvent>({
    tenant_id: batchOf.text((event) => event.tenantId),
    occurred_at: batchOf.time((event) => event.occurredAtMs),
    event_id: eventId,
  });
const keys = keysOf(eventIdColumn);
const earlierKeys = keysOf(batchOf.uuid((event) => event.earlierId ?? null));

const statement = {
  name: "find-stored-events",
  // The limit keeps the planner from anything but a look into the primary key for each event.
  text: `
    select (event.place - 1)::int as place
    from ${keys.unnested} with ordinality as event (${keys.names}, place)
    cross join lateral (
      select from analytics_events e
      where e.tenant_id = event.tenant_id and e.occurred_at = event.occurred_at and e.event_id = event.event_id
      limit 1) as stored`,
};

/**
 * Which events are stored already, as this statement sees it: another writer may store one right after.
 * @param events sorted by key
 * @returns places in `events`
 */
export function findStoredEvents(
  client: WriterConnection,
  events: readonly BusinessEvent[],
): Promise<ReadonlySet<number>> {
  return findPlaces(client, statement, keys.parameters(events));
}

/**
 * Which events are stored under their earlier id.
 * @returns places in `events`
 */
export function findStoredEarlier(
  client: WriterConnection,
  events: readonly BusinessEvent[],
): Promise<ReadonlySet<number>> {
  return findPlaces(client, statement, earlierKeys.parameters(events));
}
