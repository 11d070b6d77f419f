import type { SessionFacts } from "../metrics/session-facts.ts";
import { upsertSessions } from "./upsert-sessions.ts";
import type { MergedSession } from "./upsert-sessions.ts";
import type { WriterConnection } from "./writer-connection.ts";
import type { ContributingFacts } from "../metrics/session-contribution.ts";

/**
 * Replaces the stored facts of sessions by others, under the exclusive lock.
 * @param sessionIds all sessions that are replaced; one without new facts is removed
 * @returns before and after, as a merge would give them
 */
export async function replaceSessions(
  client: WriterConnection,
  tenantId: string,
  sessionIds: readonly string[],
  facts: readonly SessionFacts[],
  idleCheckMs: (fact: SessionFacts) => number | null,
): Promise<{ readonly before: readonly ContributingFacts[]; readonly now: readonly MergedSession[] }> {
  const { rows } = await client.query<{
    first_start_at: number | null;
    last_start_at: number | null;
    last_activity_at: number;
    first_end_at: number | null;
    escalated_at: number | null;
    taken_over_at: number | null;
    first_answer_at: number | null;
    user_id: string | null;
  }>({
    name: "delete-sessions",
    text: `
      delete from public.analytics_sessions where tenant_id = $1 and session_id = any ($2::text[])
      returning first_start_at, last_start_at, last_activity_at, first_end_at, escalated_at,
        taken_over_at, first_answer_at, user_id`,
    values: [tenantId, sessionIds],
  });
  const now = facts.length > 0 ? await upsertSessions(client, facts, idleCheckMs) : [];
  return {
    before: rows.map((row) => ({
      firstStartMs: row.first_start_at,
      lastStartMs: row.last_start_at,
      lastActivityMs: row.last_activity_at,
      firstEndMs: row.first_end_at,
      escalatedMs: row.escalated_at,
      takenOverMs: row.taken_over_at,
      firstAnswerMs: row.first_answer_at,
      userId: row.user_id,
    })),
    now,
  };
}
