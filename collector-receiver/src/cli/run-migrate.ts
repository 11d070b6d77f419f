import pg from "pg";
import { migrateDatabase, readMigrationStatus } from "../storage/migrate-database.ts";
import { withDatabase } from "./with-database.ts";

/** `spanledger migrate`: exit code 0, or 1 where `--status` finds migrations missing. */
export function runMigrate(options: { readonly status?: boolean }): Promise<number> {
  return withDatabase(async (connectionString) => {
    if (options.status !== true) {
      const applied = await migrateDatabase(connectionString);
      const text = applied.length > 0 ? applied.map((name) => `applied ${name}`).join("\n") : "nothing to apply";
      process.stdout.write(`${text}\n`);
      return 0;
    }
    const client = new pg.Client({ connectionString });
    await client.connect();
    try {
      const status = await readMigrationStatus(client);
      for (const name of status.applied) process.stdout.write(`applied ${name}\n`);
      for (const name of status.pending) process.stdout.write(`missing ${name}\n`);
      return status.pending.length === 0 ? 0 : 1;
    } finally {
      await client.end();
    }
  });
}
