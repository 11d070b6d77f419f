import { instantOf } from "../../storage/wire/instant-of.ts";
import type { Pool } from "pg";
import { isCountedSession, outcomeOf } from "../../metrics/session-outcome.ts";
import type { SessionOutcome } from "../../metrics/session-outcome.ts";
import type { Segment } from "../../metrics/session-segments.ts";
import { partOf, partSql } from "../lists/list-order.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";
import type { HourOfWeek } from "../../metrics/hour-occurrences.ts";
import type { ListOrder, ListPart, SortedColumn } from "../lists/list-order.ts";
import { sessionLists } from "../lists/session-lists.ts";
import type { SessionList } from "../lists/session-lists.ts";

export interface ListedSession {
  readonly sessionId: string;
  readonly channel: string | null;
  readonly startMs: number;
  readonly lastActivityMs: number;
  /** From the start to the end, or to the last activity. */
  readonly durationMs: number;
  readonly outcome: SessionOutcome;
  readonly isEscalated: boolean;
  /** Of the escalation, else of the end; null if none was told. */
  readonly reason: string | null;
  /** Who took it over first. */
  readonly agentId: number | null;
  /** How long the customer waited for that. */
  readonly waitMs: number | null;
  /** What the list is sorted by. */
  readonly key: string;
}

/** By which the sessions can be sorted. */
export const sessionSorts = ["start", "duration", "wait"] as const;
export type SessionSort = (typeof sessionSorts)[number];

export interface SessionFilter {
  /** As the product wrote it, or as it counts. */
  readonly channel: string | null;
  /** Of another dimension. */
  readonly segment: Segment | null;
  /** Who took it over first. */
  readonly agentId: number | null;
  /** How its id begins. */
  readonly idStart: string | null;
  /** In which hour of the week it started. */
  readonly startHour: HourOfWeek | null;
}

export interface SessionListQuery {
  readonly list: SessionList;
  /** Instants, ms: the sessions that started from the one on and before the other. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly idleThroughMs: number | null;
  readonly idleTimeoutMs: number;
  /** When `filter.startHour` occurs; null without one. */
  readonly startRanges: readonly InstantRange[] | null;
  readonly filter: SessionFilter;
  readonly order: ListOrder<SessionSort>;
  readonly limit: number;
}

interface Row {
  session_id: string;
  channel: string | null;
  start_ms: string;
  last_activity_ms: string;
  duration_ms: string;
  ended: boolean;
  escalated_ms: string | null;
  taken_over_ms: string | null;
  first_answer_ms: string | null;
  marks: string;
  end_outcome: string | null;
  first_takeover_agent_id: number | null;
  first_wait_ms: string | null;
  reason: string | null;
  key: string;
}

/** A part of the sessions behind a figure. In the order of their start it is read by the index on it. */
export async function readSessionList(
  pool: Pick<Pool, "query">,
  tenantId: string,
  query: SessionListQuery,
): Promise<ListPart<ListedSession>> {
  const { filter, order, limit } = query;
  const { rows } = await pool.query<Row>({
    text: sessionListSql(query),
    values: [
      tenantId,
      new Date(query.fromMs).toISOString(),
      new Date(query.toMs).toISOString(),
      // Before the first sweep nothing has ended by silence.
      query.idleThroughMs === null ? "-infinity" : new Date(query.idleThroughMs).toISOString(),
      `${query.idleTimeoutMs} milliseconds`,
      // One more than is shown says whether there is another page.
      limit + 1,
      filter.channel,
      filter.agentId,
      filter.idStart,
      order.from?.key ?? null,
      order.from?.id ?? null,
      filter.segment === null ? null : `${filter.segment.dimension}=${filter.segment.value}`,
      query.startRanges?.map(({ fromMs }) => new Date(fromMs).toISOString()) ?? null,
      query.startRanges?.map(({ toMs }) => new Date(toMs).toISOString()) ?? null,
    ],
  });
  return partOf(rows.map(listedSession), limit, order, ({ key, sessionId }) => ({ key, id: sessionId }));
}

const ms = (text: string | null): number | null => (text === null ? null : Number(text));

function listedSession(row: Row): ListedSession {
  const facts = {
    endOutcome: ms(row.end_outcome),
    escalatedMs: ms(row.escalated_ms),
    firstAnswerMs: ms(row.first_answer_ms),
    marks: Number(row.marks),
    takenOverMs: ms(row.taken_over_ms),
  };
  return {
    sessionId: row.session_id,
    channel: row.channel,
    startMs: Number(row.start_ms),
    lastActivityMs: Number(row.last_activity_ms),
    durationMs: Number(row.duration_ms),
    outcome: outcomeOf(facts, row.ended),
    isEscalated: facts.escalatedMs !== null,
    reason: row.reason,
    agentId: row.first_takeover_agent_id,
    waitMs: ms(row.first_wait_ms),
    key: row.key,
  };
}

const inMs = (column: string): string => `trunc(extract(epoch from ${column}) * 1000)::bigint`;
const duration = `greatest(${inMs("coalesce(first_end_at, last_activity_at) - first_start_at")}, 0)`;
const asNumber = (text: string): string => `${text}::bigint`;
const idFrom = (text: string): string => text;

const columns: Readonly<Record<SessionSort, SortedColumn>> = {
  start: {
    ascending: "first_start_at",
    descending: "first_start_at",
    keyFrom: instantOf,
    idFrom,
  },
  duration: { ascending: duration, descending: duration, keyFrom: asNumber, idFrom },
  wait: {
    ascending: `coalesce(first_wait_ms, ${Number.MAX_SAFE_INTEGER})`,
    descending: "coalesce(first_wait_ms, -1)",
    keyFrom: asNumber,
    idFrom,
  },
};

/** SQL: a session is in the segment that a text names as `dimension=value`. */
const isInSegment = (segment: string): string =>
  `coalesce(${segment} = any (string_to_array(segments, chr(10))), false)`;

/** SQL: the session started in one of the ranges that parameters name. */
const isInRange = `exists (select from unnest($13::timestamptz[], $14::timestamptz[]) as asked (from_at, to_at)
      where first_start_at >= from_at and first_start_at < to_at)`;

/** @returns SQL with 14 parameters, in the order of `readSessionList` */
export function sessionListSql({ list, order }: Pick<SessionListQuery, "list" | "order">): string {
  const part = partSql(order, columns[order.by], "session_id", { key: "$10", id: "$11" });
  const key = order.by === "start" ? inMs("first_start_at") : part.key;
  return `
with shown as (
  select session_id, channel, ${inMs("first_start_at")} as start_ms, ${inMs("last_activity_at")} as last_activity_ms,
    ${duration} as duration_ms, ${key} as key,
    first_end_at is not null or last_activity_at + $5::interval <= $4::timestamptz as ended,
    first_end_at, escalated_at, taken_over_at, first_answer_at, marks, end_outcome, first_takeover_agent_id, first_wait_ms
  from analytics_sessions
  where tenant_id = $1 and first_start_at >= $2::timestamptz and first_start_at < $3::timestamptz
    and ${isCountedSession} and (${sessionLists[list]})
    and ($7::text is null or channel = $7 or ${isInSegment("'channel=' || $7")})
    and ($12::text is null or ${isInSegment("$12")}) and ($8::int is null or first_takeover_agent_id = $8)
    and ($9::text is null or starts_with(session_id, $9)) and ($13::timestamptz[] is null or ${isInRange})
    and ${part.condition}
  order by ${part.key} ${part.direction}, session_id ${part.direction} limit $6
)
select session_id, channel, start_ms::text, last_activity_ms::text, duration_ms::text, ended,
  ${inMs("escalated_at")}::text as escalated_ms, ${inMs("taken_over_at")}::text as taken_over_ms,
  ${inMs("first_answer_at")}::text as first_answer_ms, marks::text, end_outcome::text, first_takeover_agent_id,
  first_wait_ms::text, told.reason, key::text
from shown left join lateral (
  select event_data ->> 'reason' as reason from analytics_events e
  where e.tenant_id = $1 and e.session_id = shown.session_id and e.occurred_at = coalesce(escalated_at, first_end_at)
    and e.event_name = case when escalated_at is null then 'session.end' else 'session.escalate' end
  order by e.event_id limit 1
) as told on true
order by shown.key ${part.direction}, session_id ${part.direction}`;
}
