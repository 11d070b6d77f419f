import type { WriterConnection } from "../wire/writer-connection.ts";

/** Live events are newer than imported ones: these many are looked at. */
const newestRows = 10_000;

/**
 * Whether a tenant has events that were not imported: numbered by a sender, or among the newest ones with an id that an import does
 * not make (claimed, version 5).
 */
export async function hasLiveEvents(client: WriterConnection, tenantId: string): Promise<boolean> {
  const { rows } = await client.query<{ live: boolean }>(
    `select exists (select from analytics_sources where tenant_id = $1) or exists (
       select from (
         select tenant_id, event_id from analytics_events where tenant_id = $1
         order by occurred_at desc limit ${newestRows}) as newest
       left join analytics_event_ids claim using (tenant_id, event_id)
       where claim.event_id is null or substr(newest.event_id::text, 15, 1) <> '5') as live`,
    [tenantId],
  );
  return rows[0]?.live === true;
}
