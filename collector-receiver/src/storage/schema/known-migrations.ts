import { readdirSync } from "node:fs";
import { migrationsFolder } from "../../package-root.ts";

/** Names of the migrations that this version knows, in the order in which they apply. */
export const knownMigrations: readonly string[] = readdirSync(migrationsFolder)
  .filter((file) => /^\d{4}_.*\.sql$/.test(file))
  .map((file) => file.slice(0, -".sql".length))
  .sort();

/** What this version can work with: `spanledger_schema.oldest_receiver` may be this at most. */
export const newestKnownMigration = Number(knownMigrations.at(-1)?.slice(0, 4));

/** The schema has gone further than this version can follow. Nothing may be read as if it were known, or written. */
export class ReceiverTooOldError extends Error {
  override readonly name = "ReceiverTooOldError";
  readonly code = "receiver_too_old";
  constructor(oldestReceiver: number) {
    super(
      `This database needs a version that knows migration ${oldestReceiver}, and this version knows migrations up to ` +
        `${newestKnownMigration}. Run a newer version, or restore a backup.`,
    );
  }
}

/**
 * @param oldestReceiver `spanledger_schema.oldest_receiver`; null: the schema is older than that table, or its row is missing
 * @throws ReceiverTooOldError if a newer version is needed
 */
export function refuseNewerSchema(oldestReceiver: number | null): void {
  if (oldestReceiver !== null && oldestReceiver > newestKnownMigration) throw new ReceiverTooOldError(oldestReceiver);
}
