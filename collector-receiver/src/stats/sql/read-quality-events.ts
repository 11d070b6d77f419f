import type { Pool } from "pg";
import { vocabularies } from "@spanledger/sdk/event-catalogue";
import { invalidKey } from "../../mapping/invalid-values.ts";
import {
  contradictingHandleTime,
  entryOfClose,
  qualityEntriesOf,
  testMarkEntriesOf,
} from "../../metrics/data-quality.ts";
import type { OwnWordLists } from "../../metrics/words.ts";
import {
  countableEvent,
  hasDerivedId,
  isOfSpanSql,
  type CountableRow,
} from "../../storage/recount/stream-countable-events.ts";
import { readOwnWords } from "./read-custom-definitions.ts";
import { placeholders } from "../../metrics/customer-ids.ts";
import { qualityCodes } from "../../metrics/quality-codes.ts";
import { contradictingSql } from "../../metrics/contradicting-durations.ts";
import { heldMoreThanOnce } from "../../metrics/session-marks.ts";
import { maxTicketChanges } from "../../metrics/ticket-contribution.ts";
import { isCountedSession } from "../../metrics/session-outcome.ts";
import { eventColumns, listedEvent } from "../lists/listed-event.ts";
import type { EventRow, ListedEvent } from "../lists/listed-event.ts";
import type { EventPosition } from "../lists/event-position.ts";
import type { QualityKey } from "./read-quality.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";
export type QualityEventRow = EventRow & {
  readonly has_derived_id: boolean;
  readonly is_closed_again: boolean;
  /** How long its ticket took, or its agent had the session, if that contradicts what it says: ms as text. */
  readonly measured_ms: string | null;
  readonly is_of_counted_session: boolean;
};

const ticketClosed = "ticket.closed";

/** Times that are measured between events: the attribute that they contradict, and how they are named beside it. */
export const measuredTimes = {
  ofTicket: { attribute: "resolution_duration_hours", name: "created_to_closed_hours", unitMs: 3_600_000 },
  ofSession: { attribute: "handle_duration_seconds", name: "takeover_to_release_seconds", unitMs: 1000 },
} as const;

const firstId = "00000000-0000-0000-0000-000000000000";
const rowsOfPage = 500;

/**
 * Events that have an entry of the ledger, in order. PostgreSQL finds those that may have it within a day, and the ledger's
 * own function tells which have, so that the list is as long as its counter.
 * @param ranges the business days that have one, in order
 */
export async function readQualityEvents(
  pool: Pick<Pool, "query">,
  tenantId: string,
  key: QualityKey,
  ranges: readonly InstantRange[],
  after: EventPosition | null,
  limit: number,
): Promise<ListedEvent[]> {
  const words = await readOwnWords(pool, tenantId);
  const found: ListedEvent[] = [];
  let from = after ?? { occurredAtMs: 0, eventId: firstId };
  for (const range of ranges) {
    if (range.toMs <= from.occurredAtMs) continue;
    for (;;) {
      const rows = await readPage(pool, tenantId, key, range, from);
      for (const row of rows) {
        if (isDoubtful(tenantId, row, key, words)) found.push(withMeasured(row));
        if (found.length === limit) return found;
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < rowsOfPage) break;
      from = { occurredAtMs: Number(last.occurred_at_ms), eventId: last.event_id };
    }
  }
  return found;
}

/** Beside what an event says, how long its ticket took, or its agent had the session, if that is another time. */
function withMeasured(row: QualityEventRow): ListedEvent {
  const listed = listedEvent(row);
  if (row.measured_ms === null) return listed;
  const { name, unitMs } = measuredTimes[row.event_name === ticketClosed ? "ofTicket" : "ofSession"];
  const measured = Number((Number(row.measured_ms) / unitMs).toFixed(2));
  return { ...listed, attributes: { ...listed.attributes, [name]: measured } };
}

async function readPage(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { code, attribute, eventName }: QualityKey,
  { fromMs, toMs }: InstantRange,
  after: EventPosition,
): Promise<QualityEventRow[]> {
  const { condition, more } = mayHave(code, attribute);
  const isOfTestMark = attribute === "test";
  // What tickets tell goes by event, whatever its session is.
  const goesByEvent = isOfTestMark || isOfTicket({ code, attribute });
  const { rows } = await pool.query<QualityEventRow>({
    name: `stats-read-quality-events-${code}${isOfTestMark ? "-test" : ""}`,
    text: `
      select ${qualityEventColumns}
      from analytics_events e
      where tenant_id = $1 and event_name = $2 and occurred_at >= $3::timestamptz and occurred_at < $4::timestamptz
        and (occurred_at, event_id) > ($5::timestamptz, $6::uuid) and ${condition}
        ${goesByEvent ? "" : `and (event_data -> 'test') is distinct from 'true' and ${isOfCountedSession}`}
      order by occurred_at, event_id
      limit ${rowsOfPage}`,
    values: [
      tenantId,
      eventName,
      new Date(Math.max(fromMs, after.occurredAtMs)).toISOString(),
      new Date(toMs).toISOString(),
      new Date(after.occurredAtMs).toISOString(),
      after.eventId,
      ...more,
    ],
  });
  return rows;
}

/** SQL over `analytics_events e`: its ticket's number has no more changes than one ticket may have. */
const isOneTicket = `(
  select count(*) from (
    select from analytics_ticket_changes change
    where change.tenant_id = e.tenant_id and change.ticket_id = e.ticket_id limit ${maxTicketChanges + 1}) as changes
) <= ${maxTicketChanges}`;

/**
 * SQL over `analytics_events e`: its ticket was closed the same way before and not reopened since, as ticket-contribution.ts walks
 * it. At one instant a reopening comes before a close. A number with too many changes is not one ticket's.
 */
const isClosedAgain = `exists (
  select from analytics_ticket_changes again
  join analytics_ticket_changes earlier using (tenant_id, ticket_id, kind)
  where again.tenant_id = e.tenant_id and again.ticket_id = e.ticket_id and again.changed_at = e.occurred_at
    and again.event_id = e.event_id and again.kind in ('closed', 'set_closed')
    and (earlier.changed_at, earlier.event_id) < (again.changed_at, again.event_id)
    and not exists (
      select from analytics_ticket_changes reopened
      where reopened.tenant_id = e.tenant_id and reopened.ticket_id = e.ticket_id and reopened.kind = 'reopened'
        and reopened.changed_at > earlier.changed_at and reopened.changed_at <= again.changed_at)
    and ${isOneTicket})`;

/**
 * SQL over `analytics_events e`: how long its ticket took, in ms, if the event is its only close and says otherwise, as
 * ticket-contribution.ts judges it.
 */
const ticketMs = `(
  select measured.ms::text from analytics_ticket_changes close
  join analytics_tickets ticket using (tenant_id, ticket_id)
  cross join lateral (
    select trunc(extract(epoch from close.changed_at - ticket.created_at) * 1000)::bigint as ms) as measured
  where close.tenant_id = e.tenant_id and close.ticket_id = e.ticket_id and close.changed_at = e.occurred_at
    and close.event_id = e.event_id and close.kind = 'closed' and measured.ms >= 0
    and ${contradictingSql("close.resolution_ms", "measured.ms")}
    and not exists (
      select from analytics_ticket_changes other
      where other.tenant_id = e.tenant_id and other.ticket_id = e.ticket_id and other.event_id <> e.event_id
        and other.kind in ('closed', 'reopened'))
    and ${isOneTicket})`;

/**
 * SQL over `analytics_events e`: how long the agent had the session, in ms, if the event is its only release and says otherwise, as
 * session-contribution.ts judges it.
 */
const heldMs = `(
  select measured.ms::text from analytics_sessions s
  cross join lateral (select trunc(extract(epoch from s.released_at - s.taken_over_at) * 1000)::bigint as ms) as measured
  where s.tenant_id = e.tenant_id and s.session_id = e.session_id and s.released_at = e.occurred_at
    and s.first_release_event_id = e.event_id and s.marks & ${heldMoreThanOnce} = 0 and ${isCountedSession}
    and measured.ms >= 0 and ${contradictingSql("s.handle_ms", "measured.ms")})`;

const measuredMs = `case e.event_name when '${ticketClosed}' then ${ticketMs} when 'agent.session_release' then ${heldMs} end`;

/** SQL over `analytics_events e`: its session is not a test. */
const isOfCountedSession = `not exists (
  select from analytics_sessions s where s.tenant_id = e.tenant_id and s.session_id = e.session_id and not (${isCountedSession}))`;
/** SQL over `analytics_events e`: what `isDoubtful` reads of an event. */
export const qualityEventColumns = `${eventColumns}, ${hasDerivedId} as has_derived_id, ${isClosedAgain} as is_closed_again,
  ${measuredMs} as measured_ms,
  ${isOfCountedSession} as is_of_counted_session`;

/** SQL that is true of the events that have an entry, and of few others; its values are $7 and on. */
function mayHave(code: QualityKey["code"], attribute: string): { condition: string; more: readonly unknown[] } {
  const both = (one: string, other: string) => ({ condition: `event_data ?& array['${one}', '${other}']`, more: [] });
  switch (qualityCodes[code].kind) {
    case "invalid_value":
      return { condition: `event_data ? '${invalidKey}'`, more: [] };
    case "unknown_word":
      return { condition: "event_data ->> $7 <> all ($8::text[])", more: [attribute, allWords] };
    case "placeholder":
      return { condition: `event_data ->> 'user_id' ~* '${nobody}'`, more: [] };
    case "derived_id":
      return { condition: `${hasDerivedId} and not ${isOfSpanSql}`, more: [] };
    case "contradiction":
      if (code === "closed_again") return { condition: isClosedAgain, more: [] };
      if (isOfHistory({ code, attribute })) return { condition: `${measuredMs} is not null`, more: [] };
      return code === "contradicting_end" ? both("resolved", "reason") : both("first_token_ms", "response_time_ms");
    case "rejection":
      return { condition: "false", more: [] };
  }
}

/** Every word that a list has, as it is written there. One of another list is looked at as well. */
const allWords = [...new Set(Object.values(vocabularies).flatMap((list) => Object.values(list).flat()))];
/** The placeholders with any marks and space around them: PostgreSQL knows other space than we do. */
const nobody = `^[^[:alnum:]]*(${[...placeholders]
  .map((text) => text.replace(/^\W+(?=\w)|(?<=\w)\W+$/g, ""))
  .filter((text) => /\p{L}|\d/u.test(text))
  .join("|")})?[^[:alnum:]]*$`;

type EntryKind = Pick<QualityKey, "code" | "attribute">;

/** Whether an entry follows from the history of a ticket. */
function isOfTicket(asked: EntryKind): boolean {
  return Object.values(entryOfClose).some((entry) => isSameKind(entry, asked));
}

/** Whether an entry follows from the history of a ticket or a session rather than from the event alone. */
function isOfHistory(asked: EntryKind): boolean {
  return isOfTicket(asked) || isSameKind(contradictingHandleTime, asked);
}

function isSameKind(a: EntryKind, b: EntryKind): boolean {
  return a.code === b.code && a.attribute === b.attribute;
}

/** Whether an event has an entry of the ledger, by the function that counts it. */
export function isDoubtful(
  tenantId: string,
  row: QualityEventRow,
  { code, attribute, detail }: QualityKey,
  words: OwnWordLists,
): boolean {
  if (isOfHistory({ code, attribute })) return code === "closed_again" ? row.is_closed_again : row.measured_ms !== null;
  const event = countableEvent(tenantId, {
    ...row,
    occurred_at: Number(row.occurred_at_ms),
    event_data: row.event_data as CountableRow["event_data"],
  });
  if (!event.test && !row.is_of_counted_session) return false;
  const entries = event.test ? testMarkEntriesOf(event) : qualityEntriesOf(event, words);
  return entries.some((entry) => entry.code === code && entry.attribute === attribute && entry.detail === detail);
}
