import { instantOf } from "../wire/instant-of.ts";
import { operationTables } from "./derived-tables.ts";
import { isOfTenants } from "./is-of-tenants.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** When a row began: before the start of what is kept, its events may be gone. */
const beganAt: Readonly<Record<keyof typeof operationTables, string>> = {
  tickets: "first_seen_at",
  ticketChanges: "changed_at",
  agentStates: "changed_at",
};

/** SQL that is true of the rows of an operation table that a recount cannot find in the events. */
export function isSealedOperation(table: keyof typeof operationTables, retainedFromMs: number | null): string {
  if (retainedFromMs === null) return "false";
  return `${beganAt[table]} < ${instantOf(String(retainedFromMs))}`;
}

/**
 * Copies facts of agents and tickets that began before `retainedFromMs` into the shadow tables. What is left of
 * their events merges into them without a change, because it has been merged before.
 */
export async function copySealedOperations(
  client: WriterConnection,
  tenantIds: readonly string[],
  retainedFromMs: number,
): Promise<void> {
  for (const [name, { table, key, facts }] of Object.entries(operationTables)) {
    const columns = ["tenant_id", ...key, ...facts].join(", ");
    await client.query(`
      insert into pg_temp.${table} (${columns}) select ${columns} from public.${table}
      where ${isOfTenants(client, tenantIds)} and ${isSealedOperation(name as keyof typeof operationTables, retainedFromMs)}`);
  }
}

/** Sealed tickets of which something came later all the same, by tenant: the parts that rest on it are not sealed. */
export async function readSealedTickets(
  client: WriterConnection,
  tenantIds: readonly string[],
  retainedFromMs: number,
): Promise<Map<string, number[]>> {
  const retainedFrom = instantOf(String(retainedFromMs));
  const { rows } = await client.query<{ tenant_id: string; ticket_ids: number[] }>(`
    select tenant_id, array_agg(ticket_id) as ticket_ids from pg_temp.analytics_tickets
    where ${isOfTenants(client, tenantIds)} and (created_at >= ${retainedFrom} or first_assigned_at >= ${retainedFrom})
    group by tenant_id`);
  return new Map(rows.map((row) => [row.tenant_id, row.ticket_ids]));
}
