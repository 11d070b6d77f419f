import { operationTables } from "./derived-tables.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Tables of facts that no counter depends on. */
export const factTables = ["agentStates"] as const;
type OperationTable = (typeof factTables)[number];

const stagedAs = (name: OperationTable): string => `drifted_${operationTables[name].table}`;

/** Writes down which facts of agents drift, before the shadow tables go. */
export async function stageDriftedOperations(client: WriterConnection, tenantId: string): Promise<void> {
  const tenant = client.escapeLiteral(tenantId);
  for (const name of factTables) {
    const { table, key, facts } = operationTables[name];
    const keys = key.join(", ");
    const side = (schema: string): string => `(select * from ${schema}.${table} where tenant_id = ${tenant})`;
    const factsOf = (alias: string): string => `row(${facts.map((fact) => `${alias}.${fact}`).join(", ")})`;
    await client.query(`
      create temporary table ${stagedAs(name)} as
      select row_number() over (order by ${keys}) as place, ${keys}
      from ${side("public")} a full join ${side("pg_temp")} e using (${keys})
      where a.tenant_id is null or e.tenant_id is null or ${factsOf("a")} is distinct from ${factsOf("e")}`);
  }
}

/** What identifies a row of each table; times in ms. */
export interface OperationKeys {
  readonly agentStates: { readonly agent_id: number; readonly changed_at: number; readonly event_id: string };
}

/** The keys of drifted rows after place `after`, at most `limit`, in order. */
export async function readDriftedOperations<Table extends keyof OperationKeys>(
  client: WriterConnection,
  name: Table,
  after: number,
  limit: number,
): Promise<OperationKeys[Table][]> {
  const { rows } = await client.query<OperationKeys[Table]>({
    text: `select ${operationTables[name].key.join(", ")} from ${stagedAs(name)}
      where place > $1 and place <= $1 + $2 order by place`,
    values: [after, limit],
  });
  return rows;
}
