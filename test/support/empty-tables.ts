import type { Pool } from "pg";

/**
 * Deletes all rows of our tables, settings included. The list comes from the schema, so that a new table is not forgotten.
 * Only tables with rows are truncated, because each costs milliseconds.
 */
export async function emptyTables(pool: Pick<Pool, "query">): Promise<void> {
  const { rows: tables } = await pool.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relname like 'analytics\\_%'`);
  const filled = await pool.query<{ name: string }>(
    tables.map(({ name }) => `select '${name}' as name where exists (select from ${name})`).join(" union all "),
  );
  const names = filled.rows.map(({ name }) => name);
  if (names.length > 0) await pool.query(`truncate ${names.join(", ")} cascade`);
}
