import { join } from "node:path";
import { loadConfig } from "../config/load-config.ts";
import type { Config } from "../config/config.ts";
import { startEmbeddedPostgres } from "../embedded/embedded-postgres.ts";
import { nameMissingMigrations } from "../storage/schema/name-missing-migrations.ts";
import { listTenantIds } from "../storage/settings/list-tenants.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { CommandError } from "./command-error.ts";

/**
 * Runs `work` against the database of the environment: DATABASE_URL, or the embedded PostgreSQL, which is
 * started for the time of the call where it does not run already.
 */
export async function withDatabase<Result>(
  work: (connectionString: string, config: Config) => Promise<Result>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Result> {
  const config = loadConfig(environment);
  const workAt = (connectionString: string): Promise<Result> =>
    work(connectionString, config).catch(async (error: unknown) => {
      throw await nameMissingMigrations(error, connectionString);
    });
  if (config.databaseUrl !== undefined) return workAt(config.databaseUrl);
  const embedded = await startEmbeddedPostgres({ dataFolder: join(config.dataFolder, "postgres") });
  try {
    return await workAt(embedded.connectionString);
  } finally {
    if (!embedded.reused) await embedded.stop();
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
