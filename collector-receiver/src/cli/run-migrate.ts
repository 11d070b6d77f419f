import { fitsSchema, migrateDatabase, migrateDownTo, readMigrationStatus } from "../storage/schema/migrate-database.ts";
import { openPlainConnection } from "../storage/wire/open-plain-connection.ts";
import { countingRules } from "../metrics/counting-rules.ts";
import { switchRules } from "../recount/switch-rules.ts";
import { estimateEvents } from "../storage/events/estimate-events.ts";
import { showProgress } from "./show-progress.ts";
import { findTenantsOfOlderRules } from "../storage/settings/list-tenants.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { withDatabase } from "./with-database.ts";
import { print } from "./print.ts";

const countersGone =
  "Counters that these migrations brought are gone. To go forth again, run `spanledger migrate`, then `spanledger rebuild`.\n";

async function readOlderTenants(connectionString: string): Promise<string[]> {
  const client = await openWriterConnection(connectionString);
  try {
    return await findTenantsOfOlderRules(client);
  } finally {
    await client.end();
  }
}

/** Counts the tenants of older counting rules anew, so that the receivers of this version need not. */
async function switchTenants(connectionString: string): Promise<void> {
  const estimate = await estimateEvents(connectionString);
  for (const tenantId of await readOlderTenants(connectionString)) {
    const progress = showProgress(`counting rules ${countingRules} for ${tenantId}`, estimate, "events");
    const events = await switchRules(connectionString, tenantId, progress.update);
    if (events !== null) progress.finish(events);
  }
}

/**
 * `spanledger migrate`: exit code 0, or 1 if `--status` finds that this version cannot work with the schema. Its database is
 * MIGRATION_DATABASE_URL if that is set; then DATABASE_URL need not be. Then counts tenants of older counting rules anew, unless
 * AUTO_REBUILD is `false`.
 */
export function runMigrate(options: { readonly status?: boolean; readonly downTo?: string }): Promise<number> {
  const direct = process.env["MIGRATION_DATABASE_URL"]?.trim() || undefined;
  const environment = direct === undefined ? process.env : { ...process.env, DATABASE_URL: direct };
  return withDatabase(async (connectionString) => {
    if (options.downTo !== undefined) {
      const takenBack = await migrateDownTo(connectionString, options.downTo);
      print(takenBack.length > 0 ? takenBack.map((name) => `took back ${name}\n`).join("") : "nothing to take back\n");
      if (takenBack.length > 0) process.stderr.write(countersGone);
      return 0;
    }
    if (options.status !== true) {
      const applied = await migrateDatabase(connectionString);
      const text = applied.length > 0 ? applied.map((name) => `applied ${name}`).join("\n") : "nothing to apply";
      print(`${text}\n`);
      if (environment["AUTO_REBUILD"]?.trim() !== "false") await switchTenants(connectionString);
      return 0;
    }
    const client = await openPlainConnection(connectionString);
    try {
      const status = await readMigrationStatus(client);
      for (const name of status.applied) {
        print(`${status.unknown.includes(name) ? "newer" : "applied"} ${name}\n`);
      }
      for (const name of status.pending) print(`missing ${name}\n`);
      return fitsSchema(status) ? 0 : 1;
    } finally {
      await client.end();
    }
  }, environment);
}
