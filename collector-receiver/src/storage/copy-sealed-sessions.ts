import type { ContributingFacts } from "../metrics/session-contribution.ts";
import { sessionTable } from "./derived-tables.ts";
import type { WriterConnection } from "./writer-connection.ts";

/**
 * Copies the facts of sessions that were first seen before `retainedFromMs` into the shadow table. What
 * is left of their events merges into them without a change, because it has been merged before.
 * @returns the facts of those that started later all the same: their contributions are not sealed
 */
export async function copySealedSessions(
  client: WriterConnection,
  tenantId: string,
  retainedFromMs: number,
): Promise<ContributingFacts[]> {
  const columns = ["tenant_id", ...sessionTable.key, ...sessionTable.facts].join(", ");
  const retainedFrom = `timestamptz 'epoch' + ${retainedFromMs} * interval '1 millisecond'`;
  await client.query(`
    insert into pg_temp.analytics_sessions (${columns}) select ${columns} from public.analytics_sessions
    where tenant_id = ${client.escapeLiteral(tenantId)} and first_seen_at < ${retainedFrom}`);
  const { rows } = await client.query<{
    first_start_at: number;
    last_start_at: number | null;
    last_activity_at: number;
    first_end_at: number | null;
    escalated_at: number | null;
    taken_over_at: number | null;
    first_answer_at: number | null;
    user_id: string | null;
  }>(`
    select first_start_at, last_start_at, last_activity_at, first_end_at, escalated_at, taken_over_at, first_answer_at, user_id
    from pg_temp.analytics_sessions where first_start_at >= ${retainedFrom}`);
  return rows.map((row) => ({
    firstStartMs: row.first_start_at,
    lastStartMs: row.last_start_at,
    lastActivityMs: row.last_activity_at,
    firstEndMs: row.first_end_at,
    escalatedMs: row.escalated_at,
    takenOverMs: row.taken_over_at,
    firstAnswerMs: row.first_answer_at,
    userId: row.user_id,
  }));
}
