import type { TicketChange } from "../../metrics/ticket-changes.ts";
import { maxTicketChanges } from "../../metrics/ticket-contribution.ts";
import type { IncomingTicket } from "../../metrics/ticket-facts.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchRows, batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const insert = batchStatement<TicketChange>(
  "insert-ticket-changes",
  "analytics_ticket_changes",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    ticket_id: batchOf.int4((change) => change.ticketId),
    changed_at: batchOf.time((change) => change.atMs),
    event_id: batchOf.uuid((change) => change.eventId),
    kind: batchOf.text((change) => change.kind),
    sla_met: batchOf.boolean((change) => change.slaMet),
    resolution_ms: batchOf.int8((change) => change.resolutionMs),
    agent_id: batchOf.int4((change) => change.agentId),
  },
  { key: ["tenant_id", "ticket_id", "changed_at", "event_id"] },
);

/** Writes down closes and reopenings; one that is known already stays. */
export async function insertTicketChanges(client: WriterConnection, changes: readonly TicketChange[]): Promise<void> {
  await client.query(insert.of(changes));
}

/** Columns under the names of a `TicketChange`, as a writer connection reads them. */
export const ticketChangeColumns = `ticket_id as "ticketId", changed_at as "atMs", event_id as "eventId", kind,
  sla_met as "slaMet", resolution_ms as "resolutionMs", agent_id as "agentId"`;

const wanted = batchRows<IncomingTicket>({
  tenant_id: batchOf.text(({ facts }) => facts.tenantId),
  ticket_id: batchOf.int4(({ facts }) => facts.ticketId),
});

const read = {
  name: "read-ticket-changes",
  text: `
    select wanted.tenant_id as "tenantId", changes.*
    from ${wanted.unnested} as wanted (${wanted.names})
    cross join lateral (
      select ${ticketChangeColumns} from analytics_ticket_changes c
      where c.tenant_id = wanted.tenant_id and c.ticket_id = wanted.ticket_id
      order by changed_at, event_id limit ${maxTicketChanges + 1}
    ) as changes`,
};

/** The stored changes of tickets by `ticketKey`; of a number with more than `maxTicketChanges` the first ones. */
export async function readTicketChanges(
  client: WriterConnection,
  tickets: readonly IncomingTicket[],
): Promise<Map<string, TicketChange[]>> {
  const { rows } = await client.query<TicketChange>({ ...read, values: wanted.parameters(tickets) });
  return Map.groupBy(rows, ({ tenantId, ticketId }) => ticketKey(tenantId, ticketId));
}

/** What a ticket is found by among those of several tenants. */
export const ticketKey = (tenantId: string, ticketId: number): string => `${tenantId}\n${ticketId}`;
