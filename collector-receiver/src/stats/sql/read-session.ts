import type { Pool } from "pg";

/** What is known of one session; times in ms. */
export interface SessionRow {
  readonly channel: string | null;
  readonly userId: string | null;
  readonly firstStartMs: number | null;
  readonly lastActivityMs: number;
  readonly firstEndMs: number | null;
  readonly escalatedMs: number | null;
  readonly takenOverMs: number | null;
  readonly firstAnswerMs: number | null;
  readonly marks: number;
  readonly endOutcome: number | null;
}

interface Row {
  channel: string | null;
  user_id: string | null;
  first_start_ms: string | null;
  last_activity_ms: string;
  first_end_ms: string | null;
  escalated_ms: string | null;
  taken_over_ms: string | null;
  first_answer_ms: string | null;
  marks: string;
  end_outcome: string | null;
}

/** The facts of a session, or null if the tenant has none of that id. */
export async function readSession(
  pool: Pick<Pool, "query">,
  tenantId: string,
  sessionId: string,
): Promise<SessionRow | null> {
  const { rows } = await pool.query<Row>({
    name: "stats-read-session",
    text: readSessionSql,
    values: [tenantId, sessionId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  const ms = (value: string | null): number | null => (value === null ? null : Number(value));
  return {
    channel: row.channel,
    userId: row.user_id,
    firstStartMs: ms(row.first_start_ms),
    lastActivityMs: Number(row.last_activity_ms),
    firstEndMs: ms(row.first_end_ms),
    escalatedMs: ms(row.escalated_ms),
    takenOverMs: ms(row.taken_over_ms),
    firstAnswerMs: ms(row.first_answer_ms),
    marks: Number(row.marks),
    endOutcome: ms(row.end_outcome),
  };
}

const inMs = (column: string, as: string): string => `trunc(extract(epoch from ${column}) * 1000)::text as ${as}`;

const readSessionSql = `
select channel, user_id,
  ${inMs("first_start_at", "first_start_ms")},
  ${inMs("last_activity_at", "last_activity_ms")},
  ${inMs("first_end_at", "first_end_ms")},
  ${inMs("escalated_at", "escalated_ms")},
  ${inMs("taken_over_at", "taken_over_ms")},
  ${inMs("first_answer_at", "first_answer_ms")},
  marks::text as marks, end_outcome::text as end_outcome
from analytics_sessions
where tenant_id = $1 and session_id = $2
`;
