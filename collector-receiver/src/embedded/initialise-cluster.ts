import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { serverEnvironment } from "./server-environment.ts";
import type { PostgresBinaries } from "./postgres-binaries.ts";
import type { UnprivilegedLauncher } from "./run-unprivileged.ts";

/** Superuser of the embedded server; its password lies in the cluster's folder, which nobody else may enter. */
export const clusterUser = "spanledger";
const passwordFileName = "spanledger.password";
/** An initdb takes seconds; what is older is left over from one that was killed. */
const leftOverAfterMs = 10 * 60_000;

export async function readClusterPassword(cluster: string): Promise<string> {
  return (await readFile(join(cluster, passwordFileName), "utf8")).trim();
}

/** Who owns a file or folder; undefined if there is none. */
export async function ownerOf(path: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch {
    return undefined;
  }
}

/**
 * Makes a cluster unless it is there. It is made beside its final place and renamed at the end, so that a
 * start that is killed half-way leaves no half cluster, and of two starts at once one wins.
 * @throws EmbeddedPostgresError with what initdb said
 */
export async function initialiseCluster(
  cluster: string,
  binaries: PostgresBinaries,
  launcher: UnprivilegedLauncher,
): Promise<void> {
  if ((await ownerOf(cluster)) !== undefined) return;
  const folder = join(cluster, "..");
  await removeLeftOvers(folder);
  const unfinished = join(folder, `unfinished-${randomBytes(4).toString("hex")}`);
  const passwordFile = `${unfinished}-password`;
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, randomBytes(24).toString("hex"), { mode: 0o600 });
  if (launcher.owner !== undefined) {
    await chown(unfinished, launcher.owner.uid, launcher.owner.gid);
    await chown(passwordFile, launcher.owner.uid, launcher.owner.gid);
  }
  const { file, args, ...spawnAs } = launcher.wrap(binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${clusterUser}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // Keeps `order by` bytewise and the same on every machine.
    "--locale=C",
    "--no-instructions",
  ]);
  const initdb = spawn(file, args, {
    ...spawnAs,
    cwd: unfinished,
    stdio: ["ignore", "pipe", "pipe"],
    env: serverEnvironment(),
  });
  let output = "";
  const collect = (chunk: Buffer) => (output += chunk.toString());
  initdb.stdout.on("data", collect);
  initdb.stderr.on("data", collect);
  const [code] = (await once(initdb, "close")) as [number | null];
  if (code !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    throw new EmbeddedPostgresError(
      "start_failed",
      `initdb could not make a database in ${cluster} (exit code ${code}): ${output.trim()}`,
    );
  }
  await rename(passwordFile, join(unfinished, passwordFileName));
  try {
    await rename(unfinished, cluster);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function removeLeftOvers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith("unfinished-")) continue;
    const path = join(folder, name);
    const changed = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
    if (Date.now() - changed > leftOverAfterMs) await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

/**
 * @throws EmbeddedPostgresError if the cluster is another user's or another major version's
 */
export async function checkCluster(
  cluster: string,
  { major }: PostgresBinaries,
  launcher: UnprivilegedLauncher,
): Promise<void> {
  const owner = await ownerOf(cluster);
  const runAs = launcher.owner?.uid ?? process.getuid?.();
  if (owner !== undefined && runAs !== undefined && owner.uid !== runAs) {
    throw new EmbeddedPostgresError(
      "wrong_owner",
      `${cluster} belongs to user id ${owner.uid}, and PostgreSQL would run as ${runAs}. Start as that user (or as root), or choose another data folder.`,
    );
  }
  let version: string;
  try {
    version = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  } catch (cause) {
    throw new EmbeddedPostgresError(
      "wrong_version",
      `${cluster} is not a PostgreSQL data folder (no PG_VERSION). Move it away, or choose another data folder.`,
      { cause },
    );
  }
  if (version !== major) {
    throw new EmbeddedPostgresError(
      "wrong_version",
      `${cluster} was made by PostgreSQL ${version}, and this version embeds PostgreSQL ${major}. Dump it with the old version and restore it, or choose another data folder.`,
    );
  }
}
