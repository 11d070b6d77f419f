import type { BusinessEvent } from "../../mapping/business-event.ts";
import { eventIdArray, textArray, timestamptzArray } from "../wire/binary-array.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "find-stored-events",
  // The limit keeps the planner from anything but a look into the primary key for each event.
  text: `
    select (event.place - 1)::int as place
    from unnest($1::text[], $2::timestamptz[], $3::uuid[]) with ordinality
      as event (tenant_id, occurred_at, event_id, place)
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
export async function findStoredEvents(
  client: WriterConnection,
  events: readonly BusinessEvent[],
): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<[number]>({
    ...statement,
    rowMode: "array",
    values: [
      textArray(events, (event) => event.tenantId),
      timestamptzArray(events, (event) => event.occurredAtMs),
      eventIdArray(events),
    ],
  });
  return new Set(rows.map(([place]) => place));
}
