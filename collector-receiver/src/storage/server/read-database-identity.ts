import type pg from "pg";

/**
 * What a database and its copies on standbys have in common, and no other database has: its cluster's number and its own.
 */
export async function readDatabaseIdentity(client: Pick<pg.Client, "query">): Promise<string> {
  const { rows } = await client.query<{ identity: string }>(
    `select (select system_identifier from pg_control_system()) || '/' || oid as identity
     from pg_database where datname = current_database()`,
  );
  return rows[0]?.identity ?? "";
}
