import { execFile } from "node:child_process";
import { chown, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import type { EmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { ownerOf } from "../../collector-receiver/src/embedded/initialise-cluster.ts";

/** Makes the data folder of a stopped server into that of a standby. */
export async function copyAsStandby(from: string, to: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", from, to]);
  const signal = join(to, "cluster", "standby.signal");
  await writeFile(signal, "");
  const owner = await ownerOf(join(to, "cluster"));
  if (owner !== undefined) await chown(signal, owner.uid, owner.gid);
}

/** Makes a standby a primary; resolves when it takes writes. */
export async function promote({ connectionString }: EmbeddedPostgres): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query("select pg_promote()");
  } finally {
    await client.end();
  }
}
