import type { WriterConnection } from "../wire/writer-connection.ts";

/** Where a number or a fact stands, as reports name it. */
export interface ValuePlace {
  readonly table: string;
  /** The row, e.g. `day 2025-12-25`. */
  readonly row: string;
  readonly column: string;
}

/** How a table that is derived from the rows is compared with its recount. */
export interface DerivedTable {
  readonly table: string;
  /** SQL expressions that identify a row; never null. */
  readonly key: readonly string[];
  /** The columns of the key beside the tenant, if `key` holds expressions of them. */
  readonly ids?: readonly string[];
  /** Columns that follow from the key and are never null. */
  readonly fromKey?: readonly string[];
  /** True if each change raises `revision`. */
  readonly hasRevision?: true;
  /** Counters: a missing row equals a row of zeros. */
  readonly counters: readonly string[];
  /** Facts: compared as text; a missing row differs. */
  readonly facts: readonly string[];
  /** Columns of text that nothing compares: if a recount finds one, it is kept. */
  readonly evidence?: readonly string[];
  /**
   * Where people read a value of this table, if elsewhere.
   * @param key of its row, as text
   */
  readonly readAt?: (key: readonly string[], column: string) => ValuePlace;
}

/** The default of 8 MB would have the facts of 30,000 sessions on their way to the disk. */
const shadowBuffers = "64MB";

/**
 * Tables of the same names and shapes in the connection's own temporary schema, which PostgreSQL
 * searches first: the statements that count incrementally then count into them, unchanged.
 * They live until the connection ends, and have the keys alone of the indexes.
 */
export async function createShadowTables(client: WriterConnection, tables: readonly DerivedTable[]): Promise<void> {
  const names = tables.map(({ table }) => `'pg_temp.${table}'::regclass`).join(", ");
  await client.query(`
    -- Takes effect only before the first temporary table of a connection.
    set temp_buffers = '${shadowBuffers}';
    ${tables.map(({ table }) => `create temporary table ${table} (like public.${table} including all);`).join("\n")}
    -- What only speeds up reading costs a third of writing.
    do $$
      declare slow regclass;
      begin
        for slow in select indexrelid from pg_index where indrelid in (${names}) and not indisunique loop
          execute format('drop index %s', slow);
        end loop;
      end
    $$`);
}

/**
 * Removes the shadows, so that the names mean the real tables again; PostgreSQL plans the prepared
 * statements anew by itself.
 */
export async function dropShadowTables(client: WriterConnection, tables: readonly DerivedTable[]): Promise<void> {
  await client.query(`drop table ${tables.map(({ table }) => `pg_temp.${table}`).join(", ")}`);
}

/** Removes all temporary tables with the open transaction: behind a pooler the session goes on, and somebody else gets it. */
export async function dropTemporaryTables(client: WriterConnection): Promise<void> {
  await client.query("discard temp");
}
