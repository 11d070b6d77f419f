import { findEventDefinition } from "@spanledger/sdk/event-catalogue";
import { commonAttributes } from "@spanledger/sdk/event-catalogue";
import { invalidKey } from "../mapping/invalid-values.ts";
import { isTestSession } from "../metrics/session-marks.ts";
import { outcomeOf } from "../metrics/session-outcome.ts";
import type { SessionOutcome } from "../metrics/session-outcome.ts";
import { readTenantToday } from "./read-period.ts";
import type { StatsReader } from "./read-period.ts";
import { shorten } from "./report-period.ts";
import { readSession } from "./sql/read-session.ts";
import type { SessionRow } from "./sql/read-session.ts";
import { readSessionEvents } from "./sql/read-session-events.ts";
import type { SessionEventPosition, SessionEventRow } from "./sql/read-session-events.ts";
import { readSessionCost } from "./session-cost.ts";
import type { SessionCost } from "./session-cost.ts";
import { RequestError } from "./request-error.ts";

type SessionState = "open" | "ended" | "ended_idle";

export interface SessionDocument {
  readonly session_id: string;
  readonly state: SessionState;
  /** The outcome that it counts in; null for a session that counts nowhere: without a start, or a test. */
  readonly outcome: SessionOutcome | null;
  /** Counted as resolved by AI. */
  readonly ai_resolved: boolean;
  /** The business day, in whose period the session counts; null if no start is known. */
  readonly start_day: string | null;
  readonly channel: string | null;
  readonly user_id: string | null;
  readonly started_at: string | null;
  readonly last_activity_at: string;
  readonly ended_at: string | null;
  readonly escalated_at: string | null;
  readonly taken_over_at: string | null;
  /** What its calls of models cost; null if there are none. */
  readonly ai_cost: SessionCost | null;
  readonly events: SessionEvent[];
  /** Pass it as `after` for the next page; null if this is the last. */
  readonly next: string | null;
}

/** An event as it may be shown: values that may be what somebody wrote are named, not given. */
export interface SessionEvent {
  readonly event_id: string;
  readonly event_name: string;
  readonly occurred_at: string;
  readonly agent_id: number | null;
  readonly ticket_id: number | null;
  readonly trace_id: string | null;
  readonly span_id: string | null;
  readonly service_name: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Names of attributes whose values are not shown: they may hold what somebody wrote. */
  readonly withheld: string[];
}

/**
 * The events behind a number, in order, a page at a time.
 * @throws RequestError (404) if the tenant has no such session
 */
export async function readSessionDocument(
  reader: StatsReader,
  tenantId: string,
  sessionId: string,
  page: { readonly after?: string | undefined; readonly limit: number },
): Promise<SessionDocument> {
  const after = page.after === undefined ? null : decodePosition(page.after);
  const [at, session, rows] = await Promise.all([
    readTenantToday(reader, tenantId),
    readSession(reader.pool, tenantId, sessionId),
    // One more than the page shows whether there is another.
    readSessionEvents(reader.pool, tenantId, sessionId, after, page.limit + 1),
  ]);
  if (session === null) {
    throw new RequestError(
      "session_not_found",
      `there is no session "${shorten(sessionId)}"; check the id, or its events are gone by retention`,
      "session_id",
      404,
    );
  }
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    session_id: sessionId,
    ...describeSession(session, at.tenant),
    start_day: session.firstStartMs === null ? null : at.calendar.dayOf(session.firstStartMs),
    ai_cost: await readSessionCost(reader.pool, tenantId, sessionId, at),
    events: shown.map(showEvent),
    next: rows.length > page.limit && last !== undefined ? encodePosition(last) : null,
  };
}

function describeSession(
  session: SessionRow,
  rules: { readonly idleTimeoutMs: number; readonly idleThroughMs: number | null },
): Omit<SessionDocument, "session_id" | "start_day" | "ai_cost" | "events" | "next"> {
  const idle = rules.idleThroughMs !== null && session.lastActivityMs + rules.idleTimeoutMs <= rules.idleThroughMs;
  const state: SessionState = session.firstEndMs !== null ? "ended" : idle ? "ended_idle" : "open";
  // Without a start, or as a test, it is in no figure.
  const isCounted = session.firstStartMs !== null && !isTestSession(session);
  const outcome = isCounted ? outcomeOf(session, state !== "open") : null;
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    state,
    outcome,
    ai_resolved: outcome === "ai_resolved",
    channel: session.channel,
    user_id: session.userId,
    started_at: iso(session.firstStartMs),
    last_activity_at: new Date(session.lastActivityMs).toISOString(),
    ended_at: iso(session.firstEndMs),
    escalated_at: iso(session.escalatedMs),
    taken_over_at: iso(session.takenOverMs),
  };
}

/** What of a stored event may be shown. */
export function showEvent(row: SessionEventRow): SessionEvent {
  const known = findEventDefinition(row.event_name)?.attributes ?? {};
  const attributes: Record<string, unknown> = {};
  const withheld: string[] = [];
  for (const [name, value] of Object.entries(row.event_data)) {
    // Text outside the catalogue may be a message; numbers and booleans cannot be.
    const isText = typeof value !== "number" && typeof value !== "boolean";
    if (isText && name !== invalidKey && !Object.hasOwn(known, name) && !Object.hasOwn(commonAttributes, name)) {
      withheld.push(name);
    } else {
      attributes[name] = value;
    }
  }
  return {
    event_id: row.event_id,
    event_name: row.event_name,
    occurred_at: new Date(Number(row.occurred_at_ms)).toISOString(),
    agent_id: row.agent_id,
    ticket_id: row.ticket_id,
    trace_id: row.trace_id,
    span_id: row.span_id,
    service_name: row.service_name,
    attributes,
    withheld,
  };
}

function encodePosition(row: SessionEventRow): string {
  return `${row.occurred_at_ms}_${row.event_id}`;
}

const positionPattern = /^(\d{1,14})_([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

function decodePosition(text: string): SessionEventPosition {
  const match = positionPattern.exec(text);
  // 14 digits of ms end in the year 5138: always a date that ISO 8601 writes with four digits.
  if (match === null) {
    throw new RequestError(
      "invalid_parameter",
      `after = "${shorten(text)}" is not a page position; pass the "next" of the page before`,
      "after",
    );
  }
  return { occurredAtMs: Number(match[1]), eventId: match[2] as string };
}
