import type { SessionFacts } from "../../metrics/session-facts.ts";
import { upsertSessions } from "../facts/upsert-sessions.ts";
import type { MergedSession } from "../facts/upsert-sessions.ts";
import { contributingFacts } from "../facts/contributing-rows.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import type { ContributingFacts } from "../../metrics/session-contribution.ts";

export interface StoredSession {
  readonly sessionId: string;
  readonly facts: ContributingFacts;
}

/**
 * Replaces the stored facts of sessions by others, in a transaction that has the tenant alone.
 * @param sessionIds all sessions that are replaced; one without new facts is removed
 * @returns before and after, as a merge would give them
 */
export async function replaceSessions(
  client: WriterConnection,
  tenantId: string,
  sessionIds: readonly string[],
  facts: readonly SessionFacts[],
  idleCheckMs: (fact: SessionFacts) => number | null,
): Promise<{ readonly before: readonly StoredSession[]; readonly now: readonly MergedSession[] }> {
  const { rows } = await client.query<ContributingFacts & { readonly session_id: string }>({
    name: "delete-sessions",
    text: `
      delete from public.analytics_sessions where tenant_id = $1 and session_id = any ($2::text[])
      returning session_id, ${contributingFacts}`,
    values: [tenantId, sessionIds],
  });
  const now = facts.length > 0 ? await upsertSessions(client, facts, idleCheckMs) : [];
  return { before: rows.map((row) => ({ sessionId: row.session_id, facts: row })), now };
}
