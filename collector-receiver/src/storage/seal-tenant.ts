import type { WriterConnection } from "./writer-connection.ts";

/** Moves the start of what is kept of a tenant forward, in the open transaction; never back. */
export async function advanceRetainedFrom(
  client: WriterConnection,
  tenantId: string,
  retainedFromMs: number,
): Promise<boolean> {
  const { rowCount } = await client.query({
    text: `
      update analytics_settings set retained_from = timestamptz 'epoch' + $2::bigint * interval '1 millisecond'
      where tenant_id = $1 and (retained_from is null
        or retained_from < timestamptz 'epoch' + $2::bigint * interval '1 millisecond')`,
    values: [tenantId, retainedFromMs],
  });
  return (rowCount ?? 0) > 0;
}

/**
 * Drops the partitions that no tenant keeps.
 * @returns their names
 */
export async function dropOldPartitions(client: WriterConnection): Promise<string[]> {
  const { rows } = await client.query<{ dropped: string[] }>("select spanledger_drop_old_partitions() as dropped");
  return rows[0]?.dropped ?? [];
}

/** Of these sessions, those that were first seen before what is kept: their facts cannot be read from rows. */
export async function findSealedSessions(
  client: WriterConnection,
  tenantId: string,
  sessionIds: readonly string[],
  retainedFromMs: number,
): Promise<Set<string>> {
  const { rows } = await client.query<{ session_id: string }>({
    name: "find-sealed-sessions",
    text: `
      select session_id from public.analytics_sessions
      where tenant_id = $1 and session_id = any ($2::text[])
        and first_seen_at < timestamptz 'epoch' + $3::bigint * interval '1 millisecond'`,
    values: [tenantId, sessionIds, retainedFromMs],
  });
  return new Set(rows.map((row) => row.session_id));
}
