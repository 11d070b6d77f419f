import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { copyAsStandby } from "./copy-as-standby.ts";
import { migrateDatabase } from "../../collector-receiver/src/storage/schema/migrate-database.ts";

export interface ReplicatedPair {
  readonly primary: EmbeddedPostgres;
  /** Streams from the primary, and serves reads. */
  readonly standby: EmbeddedPostgres;
}

/** A migrated primary and a standby of it, both gone when the test has finished. */
export async function useReplicatedPair(): Promise<ReplicatedPair> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-standby-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  const before = await startEmbeddedPostgres({ dataFolder: first });
  await migrateDatabase(before.connectionString);
  await before.stop();
  await copyAsStandby(first, second);
  const primary = await startEmbeddedPostgres({ dataFolder: first });
  onTestFinished(() => primary.stop());
  const { port, username, password } = new URL(primary.connectionString);
  const conninfo = `host=127.0.0.1 port=${port} user=${username} password=${password}`;
  const standby = await startEmbeddedPostgres({ dataFolder: second, settings: [`primary_conninfo=${conninfo}`] });
  onTestFinished(() => standby.stop());
  return { primary, standby };
}
