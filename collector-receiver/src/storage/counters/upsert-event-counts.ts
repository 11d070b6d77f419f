import type { EventCountChange } from "../../metrics/counter-change.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "upsert-event-counts",
  text: `
    insert into analytics_event_counts as c (tenant_id, day, event_name, events)
    select * from unnest($1::text[], $2::date[], $3::text[], $4::bigint[])
    on conflict (tenant_id, day, event_name) do update set events = c.events + excluded.events`,
};

/**
 * Counts events by name and day, custom events too.
 * @param changes sorted bytewise by (tenant, day, event name)
 */
export async function upsertEventCounts(client: WriterConnection, changes: readonly EventCountChange[]): Promise<void> {
  await client.query({
    ...statement,
    values: [
      changes.map((change) => change.tenantId),
      changes.map((change) => change.day),
      changes.map((change) => change.eventName),
      changes.map((change) => change.count),
    ],
  });
}
