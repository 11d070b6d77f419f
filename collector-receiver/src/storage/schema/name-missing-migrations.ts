import type { Client } from "pg";
import { sqlStateOf } from "../wire/database-errors.ts";
import { openPlainConnection } from "../wire/open-plain-connection.ts";
import { MigrationError, readMigrationStatus } from "./migrate-database.ts";

/** SQLSTATEs that say that a table, column, function, type or schema does not exist. */
const missingObject: ReadonlySet<string> = new Set(["42P01", "42703", "42883", "42704", "3F000"]);

/** True if PostgreSQL did not find something that a statement names. */
export function isMissingObject(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state !== undefined && missingObject.has(state);
}

/**
 * Finds out whether PostgreSQL lacks an object because the schema is of another version. The migrations decide: a typo in
 * a statement of ours looks the same.
 * @param error what a statement failed with, or an error that was thrown because of it
 * @returns a MigrationError if migrations are missing or unknown here, else `error`
 */
export async function nameMissingMigrations(error: unknown, connectionString: string): Promise<unknown> {
  if (![error, (error as Error | null)?.cause].some(isMissingObject)) return error;
  let client: Client;
  try {
    client = await openPlainConnection(connectionString);
  } catch {
    return error;
  }
  try {
    const { pending, unknown } = await readMigrationStatus(client);
    if (pending.length > 0) {
      const text = `The schema is older than this version (migrations missing: ${pending.length}, first ${pending[0]}). Run \`spanledger migrate\`.`;
      return new MigrationError("schema_older", text, { cause: error });
    }
    if (unknown.length > 0) {
      const text = `The schema is newer than this version, which does not know ${unknown.join(", ")}. Use the version that wrote it.`;
      return new MigrationError("database_newer", text, { cause: error });
    }
    return error;
  } catch {
    // Nothing is known of the schema then: the first error is what there is to say.
    return error;
  } finally {
    await client.end();
  }
}
