import { showEvent } from "../session-document.ts";
import type { SessionEvent } from "../session-document.ts";
import type { SessionEventRow } from "../sql/read-session-events.ts";

export interface EventRow extends SessionEventRow {
  readonly session_id: string | null;
}

/** An event as pages show it: without values that may be what somebody wrote. */
export interface ListedEvent extends SessionEvent {
  readonly session_id: string | null;
}

export const eventColumns = `event_id, event_name, trunc(extract(epoch from occurred_at) * 1000)::text as occurred_at_ms,
  session_id, agent_id, ticket_id, event_data, trace_id, span_id, service_name`;

export function listedEvent(row: EventRow): ListedEvent {
  return { ...showEvent(row), session_id: row.session_id };
}
