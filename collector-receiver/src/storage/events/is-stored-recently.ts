import type pg from "pg";

/** True if an event of the last hour, of any tenant, has this id. */
export async function isStoredRecently(client: Pick<pg.Client, "query">, eventId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    "select from analytics_events where event_id = $1 and occurred_at > now() - interval '1 hour'",
    [eventId],
  );
  return rowCount === 1;
}
