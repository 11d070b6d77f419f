import { basename } from "node:path";
import { loadConfig } from "../config/load-config.ts";
import type { Config } from "../config/config.ts";
import { startEmbeddedPostgres } from "../embedded/embedded-postgres.ts";
import { nameMissingMigrations } from "../storage/schema/name-missing-migrations.ts";
import { listTenantIds } from "../storage/settings/list-tenants.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { CommandError } from "./command-error.ts";
import { findEmbeddedFolder } from "./find-embedded.ts";
import { printError } from "./print.ts";

export interface OpenDatabase {
  readonly connectionString: string;
  /** The folder of the embedded PostgreSQL; undefined if DATABASE_URL names the database. */
  readonly embeddedFolder: string | undefined;
  /** Stops the embedded PostgreSQL if it was started for this call. */
  close(): Promise<void>;
}

/**
 * The database of the environment: DATABASE_URL, or the embedded PostgreSQL of a receiver or of the demo, which is started if
 * it does not run.
 * @throws CommandError `no_database`
 */
export async function openDatabase({ databaseUrl, dataFolder }: Config): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) {
    return { connectionString: databaseUrl, embeddedFolder: undefined, close: async () => {} };
  }
  const embeddedFolder = findEmbeddedFolder(dataFolder);
  if (basename(embeddedFolder) !== "postgres") printError(`spanledger: using the database in ${embeddedFolder}\n`);
  const embedded = await startEmbeddedPostgres({ dataFolder: embeddedFolder });
  return {
    connectionString: embedded.connectionString,
    embeddedFolder,
    close: async () => {
      if (!embedded.reused) await embedded.stop();
    },
  };
}

/** Runs `work` against the database of the environment. */
export async function withDatabase<Result>(
  work: (connectionString: string, config: Config) => Promise<Result>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Result> {
  const config = loadConfig(environment);
  const { connectionString, close } = await openDatabase(config);
  try {
    return await work(connectionString, config);
  } catch (error) {
    throw await nameMissingMigrations(error, connectionString);
  } finally {
    await close();
  }
}

/** The tenants that have settings, or the one that was asked for. */
export async function listTenants(connectionString: string, only: string | undefined): Promise<string[]> {
  const client = await openWriterConnection(connectionString);
  try {
    const tenants = await listTenantIds(client);
    if (only === undefined) return tenants;
    if (!tenants.includes(only)) {
      const known = tenants.length > 0 ? tenants.join(", ") : "none";
      throw new CommandError("unknown_tenant", `There is no tenant "${only}" in this database; known are: ${known}.`);
    }
    return [only];
  } finally {
    await client.end();
  }
}
