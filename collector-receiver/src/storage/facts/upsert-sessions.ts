import type { ContributingFacts } from "../../metrics/session-contribution.ts";
import type { SessionFacts } from "../../metrics/session-facts.ts";
import { textArray, timestamptzArray, uuidArray } from "../wire/binary-array.ts";
import { contributingColumns, contributingFactsOf } from "./contributing-rows.ts";
import type { ContributingRow } from "./contributing-rows.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Merged facts, and those before the merge (null where the session was new). */
export interface MergedSession {
  readonly tenantId: string;
  readonly sessionId: string;
  readonly now: ContributingFacts;
  readonly before: ContributingFacts | null;
}

const startsEarlier = `excluded.first_start_at is not null and (s.first_start_at is null
  or (excluded.first_start_at, excluded.first_start_event_id) < (s.first_start_at, s.first_start_event_id))`;

/**
 * Only sessions that were there before come back: of a new one we know all that is stored, and most are
 * new: printing and reading their times took a tenth of the statement's time, here and there.
 */
const statement = {
  name: "upsert-sessions",
  text: `
    with merged as (
    insert into analytics_sessions as s (tenant_id, session_id, first_start_at, first_start_event_id,
      channel, last_start_at, first_seen_at, last_activity_at, first_end_at, escalated_at,
      taken_over_at, user_id, idle_check_at, first_answer_at)
    select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[], $6::timestamptz[],
      $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[],
      $13::timestamptz[], $14::timestamptz[])
    on conflict (tenant_id, session_id) do update set
      prev_first_start_at = s.first_start_at,
      prev_last_start_at = s.last_start_at,
      prev_last_activity_at = s.last_activity_at,
      prev_first_end_at = s.first_end_at,
      prev_escalated_at = s.escalated_at,
      prev_taken_over_at = s.taken_over_at,
      prev_user_id = s.user_id,
      prev_first_answer_at = s.first_answer_at,
      first_start_at = least(s.first_start_at, excluded.first_start_at),
      first_start_event_id = case when ${startsEarlier} then excluded.first_start_event_id else s.first_start_event_id end,
      channel = case when ${startsEarlier} then excluded.channel else s.channel end,
      last_start_at = greatest(s.last_start_at, excluded.last_start_at),
      first_seen_at = least(s.first_seen_at, excluded.first_seen_at),
      last_activity_at = greatest(s.last_activity_at, excluded.last_activity_at),
      first_end_at = least(s.first_end_at, excluded.first_end_at),
      escalated_at = least(s.escalated_at, excluded.escalated_at),
      taken_over_at = least(s.taken_over_at, excluded.taken_over_at),
      user_id = least(s.user_id, excluded.user_id),
      first_answer_at = least(s.first_answer_at, excluded.first_answer_at),
      idle_check_at = case when s.first_end_at is null then coalesce(s.idle_check_at, excluded.idle_check_at)
        else s.idle_check_at end
    returning tenant_id, session_id, ${contributingColumns},
      prev_first_answer_at, prev_first_start_at, prev_last_start_at,
      prev_last_activity_at, prev_first_end_at, prev_escalated_at, prev_taken_over_at, prev_user_id
    )
    select * from merged where prev_last_activity_at is not null`,
};

interface Row extends ContributingRow {
  tenant_id: string;
  session_id: string;
  prev_first_answer_at: number | null;
  prev_first_start_at: number | null;
  prev_last_start_at: number | null;
  prev_last_activity_at: number;
  prev_first_end_at: number | null;
  prev_escalated_at: number | null;
  prev_taken_over_at: number | null;
  prev_user_id: string | null;
}

/**
 * Merges what a batch says of its sessions.
 * @param facts sorted by (tenant, session id), each session once
 * @param idleCheckMs when the sweeper has to look at a session, or null where it has ended already
 */
export async function upsertSessions(
  client: WriterConnection,
  facts: readonly SessionFacts[],
  idleCheckMs: (fact: SessionFacts) => number | null,
): Promise<MergedSession[]> {
  const { rows } = await client.query<Row>({
    ...statement,
    values: [
      textArray(facts, (fact) => fact.tenantId),
      textArray(facts, (fact) => fact.sessionId),
      timestamptzArray(facts, (fact) => fact.firstStartMs),
      uuidArray(facts, (fact) => fact.firstStartEventId),
      textArray(facts, (fact) => fact.channel),
      timestamptzArray(facts, (fact) => fact.lastStartMs),
      timestamptzArray(facts, (fact) => fact.firstSeenMs),
      timestamptzArray(facts, (fact) => fact.lastActivityMs),
      timestamptzArray(facts, (fact) => fact.firstEndMs),
      timestamptzArray(facts, (fact) => fact.escalatedMs),
      timestamptzArray(facts, (fact) => fact.takenOverMs),
      textArray(facts, (fact) => fact.userId),
      timestamptzArray(facts, idleCheckMs),
      timestamptzArray(facts, (fact) => fact.firstAnswerMs),
    ],
  });
  const merged = new Map(rows.map((row) => [keyOf(row.tenant_id, row.session_id), row]));
  return facts.map((fact) => {
    const { tenantId, sessionId } = fact;
    const row = merged.get(keyOf(tenantId, sessionId));
    return row === undefined
      ? { tenantId, sessionId, now: fact, before: null }
      : { tenantId, sessionId, now: contributingFactsOf(row), before: factsBefore(row) };
  });
}

const keyOf = (tenantId: string, sessionId: string): string => `${tenantId}\n${sessionId}`;

function factsBefore(row: Row): ContributingFacts {
  return {
    firstStartMs: row.prev_first_start_at,
    lastStartMs: row.prev_last_start_at,
    lastActivityMs: row.prev_last_activity_at,
    firstEndMs: row.prev_first_end_at,
    escalatedMs: row.prev_escalated_at,
    takenOverMs: row.prev_taken_over_at,
    firstAnswerMs: row.prev_first_answer_at,
    userId: row.prev_user_id,
  };
}
