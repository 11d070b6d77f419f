import type { BusinessEvent } from "../../mapping/business-event.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchRows } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { findPlaces } from "./find-places.ts";
import { eventIdColumn } from "./event-id-column.ts";

const ids = batchRows<BusinessEvent>({
  tenant_id: batchOf.text((event) => event.tenantId),
  event_id: eventIdColumn,
});

const statement = {
  name: "find-claimed-ids",
  // The limit keeps the planner from anything but a look into the primary key for each event.
  text: `
    select (event.place - 1)::int as place
    from ${ids.unnested} with ordinality as event (${ids.names}, place)
    cross join lateral (
      select from analytics_event_ids e where e.tenant_id = event.tenant_id and e.event_id = event.event_id limit 1) as claimed`,
};

/**
 * Which ids are claimed, as this statement sees it.
 * @returns places in `events`
 */
export function findClaimedIds(
  client: WriterConnection,
  events: readonly BusinessEvent[],
): Promise<ReadonlySet<number>> {
  return findPlaces(client, statement, ids.parameters(events));
}
