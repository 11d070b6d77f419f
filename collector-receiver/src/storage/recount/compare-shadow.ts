import type { DerivedTable, ValuePlace } from "./shadow-tables.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** One number or fact that does not equal its recount. */
export interface Drift extends ValuePlace {
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
  const keys = derived.key.map((_, i) => `key_${i}`).join(", ");
  const { rows } = await client.query<Omit<Drift, "table" | "row"> & { key: string[]; total: number }>({
    text: `${driftRows(derived)}
      select array[${keys}] as key, "column", stored, expected, count(*) over () as total
      from drift order by concat_ws(' ', ${keys}), "column" limit $2`,
    values: [tenantId, limit],
  });
  return {
    drifts: rows.map(({ key, column, stored, expected }) => ({ ...placeOf(derived, key, column), stored, expected })),
    total: rows[0]?.total ?? 0,
  };
}

function placeOf({ table, readAt }: DerivedTable, key: readonly string[], column: string): ValuePlace {
  return readAt?.(key, column) ?? { table, row: key.join(" "), column };
}

/**
 * `with drift as (…)`: one row per column that differs; $1 is the tenant. Whole rows are compared first, so that
 * only those that differ are taken apart into columns.
 */
function driftRows({ table, key, counters, facts }: DerivedTable): string {
  const keys = key.map((_, i) => `key_${i}`).join(", ");
  const columns = [...counters, ...facts];
  const side = (schema: string, prefix: "a" | "e"): string =>
    `select ${[
      ...key.map((expression, i) => `${expression}::text as key_${i}`),
      ...columns.map((column) => `${column} as ${prefix}_${column}`),
    ].join(", ")} from ${schema}.${table} where tenant_id = $1`;
  const value = (prefix: "a" | "e", column: string): string =>
    counters.includes(column) ? `coalesce(${prefix}_${column}, 0)` : `${prefix}_${column}`;
  const row = (prefix: "a" | "e"): string => `row(${columns.map((column) => value(prefix, column)).join(", ")})`;
  const taken = columns.map((column) => {
    const [stored, expected] = [value("a", column), value("e", column)];
    return `('${column}', ${stored}::text, ${expected}::text, ${stored} is distinct from ${expected})`;
  });
  return `
    with joined as (
      select * from (${side("public", "a")}) as a full join (${side("pg_temp", "e")}) as e using (${keys})
      where ${row("a")} is distinct from ${row("e")}),
    drift as (
      select ${keys}, c."column", c.stored, c.expected
      from joined cross join lateral (values ${taken.join(", ")}) as c ("column", stored, expected, differs)
      where c.differs)`;
}
