import type { AttributeCountChange } from "../../metrics/counter-change.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "upsert-attribute-counts",
  text: `
    insert into analytics_attribute_counts as c (tenant_id, day, event_name, attribute, value, events)
    select * from unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[], $6::bigint[])
    on conflict (tenant_id, day, event_name, attribute, value) do update set events = c.events + excluded.events`,
};

/**
 * Counts the values of declared attributes by day.
 * @param changes sorted bytewise by (tenant, day, event name, attribute, value)
 */
export async function upsertAttributeCounts(
  client: WriterConnection,
  changes: readonly AttributeCountChange[],
): Promise<void> {
  await client.query({
    ...statement,
    values: [
      changes.map((change) => change.tenantId),
      changes.map((change) => change.day),
      changes.map((change) => change.eventName),
      changes.map((change) => change.attribute),
      changes.map((change) => change.value),
      changes.map((change) => change.count),
    ],
  });
}
