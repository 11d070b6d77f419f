import type { DerivedTable, ValuePlace } from "./shadow-tables.ts";
import { isOfTenants } from "./is-of-tenants.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** One number or fact that does not equal its recount. */
export interface Drift extends ValuePlace {
  readonly stored: string | null;
  readonly expected: string | null;
}

/** What differs between a table and its shadow in the rows of one tenant. */
export interface ShadowDrift {
  readonly tenantId: string;
  /** The first drifts. */
  readonly drifts: readonly Drift[];
  /** How many there are in all. */
  readonly total: number;
}

/**
 * Compares the rows that tenants have in a table with their shadow, in the connection's snapshot.
 * @param limit how many drifts of each tenant come back
 * @returns the tenants that have any
 */
export async function compareShadow(
  client: WriterConnection,
  derived: DerivedTable,
  tenantIds: readonly string[],
  limit: number,
): Promise<ShadowDrift[]> {
  const keys = derived.key.map((_, i) => `key_${i}`).join(", ");
  const { rows } = await client.query<
    Omit<Drift, "table" | "row"> & { tenant_id: string; key: string[]; total: number }
  >({
    text: `${driftRows(derived, isOfTenants(client, tenantIds))},
    numbered as (
      select *, count(*) over (partition by tenant_id) as total,
        row_number() over (partition by tenant_id order by concat_ws(' ', ${keys}), "column") as place
      from drift)
    select tenant_id, array[${keys}] as key, "column", stored, expected, total
    from numbered where place <= $1 order by tenant_id, place`,
    values: [limit],
  });
  return [...Map.groupBy(rows, ({ tenant_id }) => tenant_id)].map(([tenantId, own]) => ({
    tenantId,
    drifts: own.map(({ key, column, stored, expected }) => ({ ...placeOf(derived, key, column), stored, expected })),
    total: own[0]?.total ?? 0,
  }));
}

function placeOf({ table, readAt }: DerivedTable, key: readonly string[], column: string): ValuePlace {
  return readAt?.(key, column) ?? { table, row: key.join(" "), column };
}

/**
 * `with drift as (…)`: one row per column that differs. Whole rows are compared first, so that
 * only those that differ are taken apart into columns.
 */
function driftRows({ table, key, counters, facts }: DerivedTable, ofTenants: string): string {
  const keys = key.map((_, i) => `key_${i}`).join(", ");
  const columns = [...counters, ...facts];
  const side = (schema: string, prefix: "a" | "e"): string =>
    `select ${[
      "tenant_id",
      ...key.map((expression, i) => `${expression}::text as key_${i}`),
      ...columns.map((column) => `${column} as ${prefix}_${column}`),
    ].join(", ")} from ${schema}.${table} where ${ofTenants}`;
  const value = (prefix: "a" | "e", column: string): string =>
    counters.includes(column) ? `coalesce(${prefix}_${column}, 0)` : `${prefix}_${column}`;
  const row = (prefix: "a" | "e"): string => `row(${columns.map((column) => value(prefix, column)).join(", ")})`;
  const taken = columns.map((column) => {
    const [stored, expected] = [value("a", column), value("e", column)];
    return `('${column}', ${stored}::text, ${expected}::text, ${stored} is distinct from ${expected})`;
  });
  return `
    with joined as (
      select * from (${side("public", "a")}) as a full join (${side("pg_temp", "e")}) as e using (tenant_id, ${keys})
      where ${row("a")} is distinct from ${row("e")}),
    drift as (
      select tenant_id, ${keys}, c."column", c.stored, c.expected
      from joined cross join lateral (values ${taken.join(", ")}) as c ("column", stored, expected, differs)
      where c.differs)`;
}
