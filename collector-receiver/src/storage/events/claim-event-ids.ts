import { idKind } from "../../mapping/id-kind.ts";
import type { BusinessEvent } from "../../mapping/business-event.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchRows } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { findPlaces } from "./find-places.ts";
import { eventIdColumn } from "./event-id-column.ts";

/** No row has a later time (it is in the year 2255), and microseconds up to here are safe integers. */
const latestMs = Number.MAX_SAFE_INTEGER / 1000;

/** The time of another key under which the event may be stored; null: there is none. */
function otherTimeMs({ idKind: kind, eventIdTimeMs, earlierId, occurredAtMs }: BusinessEvent): number | null {
  if (earlierId !== undefined) return occurredAtMs;
  return kind === idKind.offTime && eventIdTimeMs <= latestMs ? eventIdTimeMs : null;
}

const incoming = batchRows<BusinessEvent>({
  tenant_id: batchOf.text((event) => event.tenantId),
  event_id: eventIdColumn,
  occurred_at: batchOf.time((event) => event.occurredAtMs),
  other_time: batchOf.time(otherTimeMs),
  earlier_id: batchOf.uuid((event) => event.earlierId ?? null),
});

const statement = {
  name: "claim-event-ids",
  // The plan does not know how long the arrays are. "Not in" is looked up in a hash all the same, and the limit leaves nothing
  // but a look into the primary key for each event.
  text: `
    with event as materialized (select * from ${incoming.unnested} with ordinality as incoming (${incoming.names}, place)),
    claimed as (
      insert into analytics_event_ids (tenant_id, event_id, occurred_at)
      select tenant_id, event_id, occurred_at from event
      where other_time is null or (
        select true from analytics_events e
        where e.tenant_id = event.tenant_id and e.occurred_at = event.other_time
          and e.event_id = coalesce(event.earlier_id, event.event_id)
        limit 1) is null
      on conflict (tenant_id, event_id) do nothing
      returning tenant_id, event_id)
    select (place - 1)::int as place from event where (tenant_id, event_id) not in (select tenant_id, event_id from claimed)`,
};

/**
 * Claims the ids of events, in the open transaction. Waits for another transaction that claims one of them.
 * @param events each id once, sorted by (tenant, id)
 * @returns places in `events` of those whose id is another event's: it is claimed, or the event is stored with the time that the id
 *   holds, or under an earlier id
 */
export function claimEventIds(
  client: WriterConnection,
  events: readonly BusinessEvent[],
): Promise<ReadonlySet<number>> {
  return findPlaces(client, statement, incoming.parameters(events));
}
