import type { DerivedTable } from "./shadow-tables.ts";
import type { WriterConnection } from "./writer-connection.ts";

/** One number or fact that does not equal its recount. */
export interface Drift {
  readonly table: string;
  /** The row, e.g. `day 2025-12-25`. */
  readonly row: string;
  readonly column: string;
  readonly stored: string | null;
  readonly expected: string | null;
}

/**
 * Compares a table with its shadow, in the connection's snapshot.
 * @param limit how many drifts come back
 * @returns the first drifts, and how many there are in all
 */
export async function compareShadow(
  client: WriterConnection,
  derived: DerivedTable,
  tenantId: string,
  limit: number,
): Promise<{ readonly drifts: Drift[]; readonly total: number }> {
  const { rows } = await client.query<Omit<Drift, "table"> & { total: number }>({
    text: `${driftRows(derived)}
      select concat_ws(' ', ${derived.key.map((_, i) => `key_${i}`).join(", ")}) as row, "column", stored, expected,
        count(*) over () as total
      from drift order by row, "column" limit $2`,
    values: [tenantId, limit],
  });
  return {
    drifts: rows.map(({ row, column, stored, expected }) => ({ table: derived.table, row, column, stored, expected })),
    total: rows[0]?.total ?? 0,
  };
}

/** `with drift as (…)`: one row per column that differs; $1 is the tenant. */
function driftRows({ table, key, counters, facts }: DerivedTable): string {
  const side = (schema: string): string =>
    `select ${key.map((expression, i) => `${expression}::text as key_${i}`).join(", ")},
       ${[...counters, ...facts].join(", ")} from ${schema}.${table} where tenant_id = $1`;
  const columns = [
    ...counters.map(
      (column) => `('${column}', coalesce(a.${column}, 0)::text, coalesce(e.${column}, 0)::text,
      coalesce(a.${column}, 0) <> coalesce(e.${column}, 0))`,
    ),
    ...facts.map(
      (column) => `('${column}', a.${column}::text, e.${column}::text, a.${column} is distinct from e.${column})`,
    ),
  ];
  return `
    with a as (${side("public")}), e as (${side("pg_temp")}),
    drift as (
      select ${key.map((_, i) => `key_${i}`).join(", ")}, c."column", c.stored, c.expected
      from a full join e using (${key.map((_, i) => `key_${i}`).join(", ")})
      cross join lateral (values ${columns.join(", ")}) as c ("column", stored, expected, differs)
      where c.differs)`;
}
