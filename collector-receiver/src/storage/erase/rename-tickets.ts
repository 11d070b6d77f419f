import type { WriterConnection } from "../wire/writer-connection.ts";

/** The greatest negative number below which no ticket of the tenant is: the first pseudonym that is free. */
export async function nextTicketPseudonym(client: WriterConnection, tenantId: string): Promise<number> {
  const { rows } = await client.query<{ free: number }>({
    text: `
      select least(0,
        (select min(ticket_id) from analytics_tickets where tenant_id = $1),
        (select min(ticket_id) from analytics_events where tenant_id = $1 and ticket_id < 0)) - 1 as free`,
    values: [tenantId],
  });
  return rows[0]?.free ?? -1;
}

/**
 * Gives tickets other numbers in their facts and in every event, also in those that name nobody: the number alone
 * leads to the person, and so do traces.
 */
export async function renameTickets(
  client: WriterConnection,
  tenantId: string,
  tickets: ReadonlyMap<number, number>,
): Promise<void> {
  const renamed = [...tickets].filter(([from, to]) => from !== to);
  if (renamed.length === 0) return;
  const values = [tenantId, renamed.map(([from]) => from), renamed.map(([, to]) => to)];
  const pairs = "unnest($2::int[], $3::int[]) as renamed (old_id, new_id)";
  await client.query({
    text: `
      update analytics_events e
      set ticket_id = renamed.new_id, event_data = e.event_data - 'ticket_id', trace_id = null, span_id = null
      from ${pairs} where e.tenant_id = $1 and e.ticket_id = renamed.old_id`,
    values,
  });
  for (const table of ["analytics_tickets", "analytics_ticket_changes"]) {
    await client.query({
      text: `
        update ${table} t set ticket_id = renamed.new_id
        from ${pairs} where t.tenant_id = $1 and t.ticket_id = renamed.old_id`,
      values,
    });
  }
}
