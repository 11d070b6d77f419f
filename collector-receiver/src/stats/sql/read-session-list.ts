import type { Pool } from "pg";
import { sessionLists } from "../lists/session-lists.ts";
import { isCountedSession } from "../../metrics/session-outcome.ts";
import type { SessionList } from "../lists/session-lists.ts";

export interface ListedSession {
  readonly sessionId: string;
  readonly channel: string | null;
  readonly firstStartMs: number;
  readonly lastActivityMs: number;
  readonly ended: boolean;
  readonly escalated: boolean;
  readonly takenOver: boolean;
}

/** Where a page of the list begins: after this session. */
export interface ListPosition {
  readonly startMs: number;
  readonly sessionId: string;
}

export interface ListQuery {
  readonly list: SessionList;
  /** Instants, ms: the sessions that started from the one on and before the other. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly idleThroughMs: number | null;
  readonly idleTimeoutMs: number;
  readonly after: ListPosition | null;
  readonly limit: number;
}

interface Row {
  session_id: string;
  channel: string | null;
  first_start_ms: string;
  last_activity_ms: string;
  ended: boolean;
  escalated: boolean;
  taken_over: boolean;
}

/** A page of the sessions behind a figure, in the order of their start, by the index on it. */
export async function readSessionList(
  pool: Pick<Pool, "query">,
  tenantId: string,
  query: ListQuery,
): Promise<ListedSession[]> {
  const { rows } = await pool.query<Row>({
    name: `web-read-session-list-${query.list}`,
    text: readSessionListSql(query.list),
    values: [
      tenantId,
      new Date(query.fromMs).toISOString(),
      new Date(query.toMs).toISOString(),
      // Before the first sweep nothing has ended by silence.
      query.idleThroughMs === null ? "-infinity" : new Date(query.idleThroughMs).toISOString(),
      `${query.idleTimeoutMs} milliseconds`,
      new Date(query.after?.startMs ?? 0).toISOString(),
      query.after?.sessionId ?? "",
      query.limit,
    ],
  });
  return rows.map((row) => ({
    sessionId: row.session_id,
    channel: row.channel,
    firstStartMs: Number(row.first_start_ms),
    lastActivityMs: Number(row.last_activity_ms),
    ended: row.ended,
    escalated: row.escalated,
    takenOver: row.taken_over,
  }));
}

const readSessionListSql = (list: SessionList): string => `
select session_id, channel,
  trunc(extract(epoch from first_start_at) * 1000)::text as first_start_ms,
  trunc(extract(epoch from last_activity_at) * 1000)::text as last_activity_ms,
  first_end_at is not null or last_activity_at + $5::interval <= $4::timestamptz as ended,
  escalated_at is not null as escalated, taken_over_at is not null as taken_over
from analytics_sessions
where tenant_id = $1 and first_start_at >= $2::timestamptz and first_start_at < $3::timestamptz
  and (first_start_at, session_id) > ($6::timestamptz, $7)
  and ${isCountedSession} and (${sessionLists[list]})
order by first_start_at, session_id
limit $8
`;
