import type { DerivedTable } from "./shadow-tables.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const correctionsOf = ({ table }: DerivedTable): string => `correction_${table}`;
/** The columns of a table's key, and those that a new row needs beside them. */
const idsOf = ({ ids, key }: DerivedTable): string => (ids ?? key).join(", ");
const rowIdsOf = ({ ids, key, fromKey = [] }: DerivedTable): string => [...(ids ?? key), ...fromKey].join(", ");

/**
 * Writes down by how much each counter is off in this snapshot. A difference, not a value: whatever is
 * counted between the snapshot and the correction adds to both.
 */
export async function stageCorrections(
  client: WriterConnection,
  tables: readonly DerivedTable[],
  tenantId: string,
): Promise<void> {
  for (const derived of tables) {
    const { table, counters, facts, evidence = [] } = derived;
    const ids = rowIdsOf(derived);
    const differs = [
      ...counters.map((column) => `${column} <> 0`),
      ...facts.map((column) => `stored_${column} is distinct from ${column}`),
    ].join(" or ");
    const signed = (sign: string): string =>
      [...counters.map((column) => `${sign}${column} as ${column}`), ...evidence].join(", ");
    const factColumns = (source: "e" | "a"): string =>
      facts.map((column) => (source === "e" ? `, ${column}, null as stored_${column}` : `, null, ${column}`)).join("");
    await client.query(`
      create temporary table ${correctionsOf(derived)} as
      select ${ids}, ${counters.map((column) => `sum(${column}) as ${column}`).join(", ")}
        ${evidence.map((column) => `, max(${column}) as ${column}`).join("")}
        ${facts.map((column) => `, ${anyOf(column)} as ${column}, ${anyOf(`stored_${column}`)} as stored_${column}`).join("")}
      from (
        select ${ids}, ${signed("")} ${factColumns("e")} from pg_temp.${table}
          where tenant_id = ${client.escapeLiteral(tenantId)}
        union all
        select ${ids}, ${signed("-")} ${factColumns("a")} from public.${table}
          where tenant_id = ${client.escapeLiteral(tenantId)}) as both_sides
      group by ${ids}`);
    await client.query(`delete from ${correctionsOf(derived)} where not (${differs})`);
  }
}

/** The one value of a group that is not null (min works for text, times and, as text, for uuids). */
function anyOf(column: string): string {
  return column.endsWith("event_id") ? `min(${column}::text)::uuid` : `min(${column})`;
}

/** Adds the staged differences to the counters, in the open transaction. */
export async function applyCorrections(
  client: WriterConnection,
  tables: readonly DerivedTable[],
  tenantId: string,
): Promise<void> {
  for (const derived of tables) {
    const { table, counters, facts, evidence = [] } = derived;
    const ids = rowIdsOf(derived);
    const columns = [ids, ...counters, ...evidence].join(", ");
    const merged = [
      ...counters.map((column) => `${column} = t.${column} + excluded.${column}`),
      ...evidence.map((column) => `${column} = coalesce(excluded.${column}, t.${column})`),
    ].join(", ");
    const revision = derived.hasRevision ? "revision = t.revision + 1, updated_at = now(), " : "";
    await client.query(`
      insert into public.${table} as t (tenant_id, ${columns})
      select ${client.escapeLiteral(tenantId)}, ${columns} from ${correctionsOf(derived)}
      order by ${ids}
      on conflict (tenant_id, ${idsOf(derived)}) do update set ${revision}${merged}`);
    if (facts.length === 0) continue;
    // A name that changed since the snapshot is newer than what the recount found.
    await client.query(`
      update public.${table} t set ${facts.map((column) => `${column} = c.${column}`).join(", ")}
      from ${correctionsOf(derived)} c
      where t.tenant_id = ${client.escapeLiteral(tenantId)} and t.day = c.day
        and t.agent_id is not distinct from c.agent_id
        and ${facts.map((column) => `t.${column} is not distinct from c.stored_${column}`).join(" and ")}`);
  }
}
