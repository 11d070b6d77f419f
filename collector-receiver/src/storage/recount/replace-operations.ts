import { instantOf } from "../wire/instant-of.ts";
import type { CountableEvent } from "../../mapping/business-event.ts";
import { isSealedOperation } from "./copy-sealed-operations.ts";
import type { OperationKeys } from "./drifted-operations.ts";
import { countableEvent, countableColumns } from "./stream-countable-events.ts";
import type { CountableRow } from "./stream-countable-events.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const kept = (place: string): string => `e.occurred_at >= coalesce(${instantOf(`${place}::bigint`)}, '-infinity')`;

/**
 * Removes the facts and the changes of these tickets, unless they are sealed.
 * @returns all that is kept of their events
 */
export async function forgetTickets(
  client: WriterConnection,
  tenantId: string,
  ticketIds: readonly number[],
  retainedFromMs: number | null,
): Promise<CountableEvent[]> {
  await client.query({
    text: `delete from public.analytics_tickets
      where tenant_id = $1 and ticket_id = any ($2::int[]) and not ${isSealedOperation("tickets", retainedFromMs)}`,
    values: [tenantId, ticketIds],
  });
  await client.query({
    text: `delete from public.analytics_ticket_changes
      where tenant_id = $1 and ticket_id = any ($2::int[]) and not ${isSealedOperation("ticketChanges", retainedFromMs)}`,
    values: [tenantId, ticketIds],
  });
  const { rows } = await client.query<CountableRow>({
    text: `select ${countableColumns} from public.analytics_events e
      where e.tenant_id = $1 and e.ticket_id = any ($2::int[]) and ${kept("$3")}`,
    values: [tenantId, ticketIds, retainedFromMs],
  });
  return rows.map((row) => countableEvent(tenantId, row));
}

/**
 * Removes these changes of state, unless they are sealed.
 * @returns the events that have these keys
 */
export async function forgetAgentStates(
  client: WriterConnection,
  tenantId: string,
  keys: readonly OperationKeys["agentStates"][],
  retainedFromMs: number | null,
): Promise<CountableEvent[]> {
  const values = [
    tenantId,
    keys.map((key) => key.agent_id),
    keys.map((key) => key.changed_at),
    keys.map((key) => key.event_id),
  ];
  const wanted = `unnest($2::int[], $3::bigint[], $4::uuid[]) as wanted (agent_id, changed_ms, event_id)`;
  await client.query({
    text: `delete from public.analytics_agent_states s using ${wanted}
      where s.tenant_id = $1 and s.agent_id = wanted.agent_id and s.event_id = wanted.event_id
        and s.changed_at = ${instantOf("wanted.changed_ms")} and not ${isSealedOperation("agentStates", retainedFromMs)}`,
    values,
  });
  const { rows } = await client.query<CountableRow>({
    text: `select ${countableColumns} from public.analytics_events e
      join ${wanted} on e.event_id = wanted.event_id and e.occurred_at = ${instantOf("wanted.changed_ms")}
        and e.agent_id = wanted.agent_id
      where e.tenant_id = $1 and ${kept("$5")}`,
    values: [...values, retainedFromMs],
  });
  return rows.map((row) => countableEvent(tenantId, row));
}
