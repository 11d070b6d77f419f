import { instantOf } from "../wire/instant-of.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

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
        and first_seen_at < ${instantOf("$3")}`,
    values: [tenantId, sessionIds, retainedFromMs],
  });
  return new Set(rows.map((row) => row.session_id));
}
