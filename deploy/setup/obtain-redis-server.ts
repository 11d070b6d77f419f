import { execFile } from "node:child_process";
import { mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findCacheFolder } from "./cache-folder.ts";
import { findProgram } from "./find-program.ts";
import { findRedisProgram, unpackedRedis, type RedisProgram } from "./find-redis-server.ts";

const run = promisify(execFile);

/**
 * Finds redis-server, or unpacks the distribution's packages into the cache folder (Debian and Ubuntu); nothing
 * is installed on the system.
 * @throws with what to do if this machine has neither
 */
export async function obtainRedisProgram(say: (line: string) => void): Promise<RedisProgram> {
  const found = await findRedisProgram();
  if (found !== undefined) return found;
  const tools = await Promise.all(["apt-get", "apt-cache", "dpkg", "dpkg-query"].map(findProgram));
  if (tools.includes(undefined)) {
    throw new Error(
      "no redis-server, and this is neither Debian nor Ubuntu: install Redis, or set REDIS_URL (what kills a Redis is left out then)",
    );
  }
  const cache = await findCacheFolder();
  const work = await mkdtemp(join(cache, "redis-unfinished-"));
  try {
    await refreshListsIfNeeded(say);
    const packages = await packagesToUnpack();
    say(`unpacking ${packages.join(", ")}`);
    await run("apt-get", ["download", ...packages], { cwd: work });
    const root = join(work, "root");
    for (const file of await readdir(work)) {
      if (file.endsWith(".deb")) await run("dpkg", ["-x", join(work, file), root]);
    }
    const target = join(cache, unpackedRedis);
    await rm(target, { recursive: true, force: true });
    await rename(root, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const unpacked = await findRedisProgram();
  if (unpacked === undefined) throw new Error("the packages held no redis-server");
  // Shows that every library is there.
  await run(unpacked.path, ["--version"], { env: { ...process.env, ...unpacked.env } });
  return unpacked;
}

async function refreshListsIfNeeded(say: (line: string) => void): Promise<void> {
  const { stdout } = await run("apt-cache", ["policy", "redis-server"]);
  if (/Candidate: \d/.test(stdout)) return;
  if (process.getuid?.() !== 0) {
    throw new Error("apt knows no redis-server: run `sudo apt-get update` once, install Redis, or set REDIS_URL");
  }
  say("apt-get update");
  await run("apt-get", ["update"]);
}

/** redis-server and all that it depends on and this machine has not installed. */
async function packagesToUnpack(): Promise<string[]> {
  const wanted = new Set(["redis-server"]);
  for (const name of wanted) {
    const { stdout } = await run("apt-cache", ["depends", "--no-recommends", "--no-suggests", name]);
    for (const match of stdout.matchAll(/^ {2}(?:Pre)?Depends: ([a-z0-9][a-z0-9+.-]+)$/gm)) {
      const dependency = match[1] ?? "";
      if (!wanted.has(dependency) && !(await isInstalled(dependency))) wanted.add(dependency);
    }
  }
  return [...wanted];
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    const { stdout } = await run("dpkg-query", ["-W", "-f", "${Status}", name]);
    return stdout.includes("install ok installed");
  } catch {
    return false;
  }
}
