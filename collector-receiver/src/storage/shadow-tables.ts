import type { WriterConnection } from "./writer-connection.ts";

/** How a table that is derived from the rows is compared with its recount. */
export interface DerivedTable {
  readonly table: string;
  /** SQL expressions that identify a row; never null. */
  readonly key: readonly string[];
  /** Counters: a missing row equals a row of zeros. */
  readonly counters: readonly string[];
  /** Facts: compared as text; a missing row differs. */
  readonly facts: readonly string[];
}

/**
 * Tables of the same names and shapes in the connection's own temporary schema, which PostgreSQL
 * searches first: the statements that count incrementally then count into them, unchanged.
 * They live until the connection ends.
 */
export async function createShadowTables(client: WriterConnection, tables: readonly DerivedTable[]): Promise<void> {
  for (const { table } of tables) {
    await client.query(`create temporary table ${table} (like public.${table} including all)`);
  }
}

/**
 * Removes the shadows, so that the names mean the real tables again; PostgreSQL plans the prepared
 * statements anew by itself.
 */
export async function dropShadowTables(client: WriterConnection, tables: readonly DerivedTable[]): Promise<void> {
  await client.query(`drop table ${tables.map(({ table }) => `pg_temp.${table}`).join(", ")}`);
}
