import { operationTables } from "./derived-tables.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Writes down which tickets drift, by their facts or by their changes, before the shadow tables go. */
export async function stageDriftedTickets(client: WriterConnection, tenantId: string): Promise<void> {
  const tenant = client.escapeLiteral(tenantId);
  const drifted = [operationTables.tickets, operationTables.ticketChanges].map(({ table, key, facts }) => {
    const side = (schema: string): string => `(select * from ${schema}.${table} where tenant_id = ${tenant})`;
    const factsOf = (alias: string): string => `row(${facts.map((fact) => `${alias}.${fact}`).join(", ")})`;
    return `
      select ticket_id from ${side("public")} a full join ${side("pg_temp")} e using (${key.join(", ")})
      where a.tenant_id is null or e.tenant_id is null or ${factsOf("a")} is distinct from ${factsOf("e")}`;
  });
  await client.query(`create temporary table drifted_tickets as ${drifted.join(" union ")}`);
}

/** Drifted tickets after `after` (null: from the first one), in order, at most `limit`. */
export async function readDriftedTickets(
  client: WriterConnection,
  after: number | null,
  limit: number,
): Promise<number[]> {
  const { rows } = await client.query<{ ticket_id: number }>({
    text: "select ticket_id from drifted_tickets where $1::int is null or ticket_id > $1 order by ticket_id limit $2",
    values: [after, limit],
  });
  return rows.map((row) => row.ticket_id);
}
