import { join } from "node:path";
import { findCacheFolder } from "./cache-folder.ts";
import { findProgram, isExecutable } from "./find-program.ts";

/** How to come by a Redis for tests. */
export type RedisSource =
  /** One that runs already: `REDIS_URL`. */
  | { readonly kind: "url"; readonly url: string }
  /** A program to start, with what it needs in its environment. */
  | { readonly kind: "program"; readonly path: string; readonly env: Readonly<Record<string, string>> };

export type RedisProgram = Extract<RedisSource, { kind: "program" }>;

/** Below the cache folder: the distribution's packages, unpacked. */
export const unpackedRedis = "redis";

/** `REDIS_URL`, else redis-server on the PATH, else the one that `npm run setup` unpacked. */
export async function findRedisServer(): Promise<RedisSource | undefined> {
  const url = process.env["REDIS_URL"];
  if (url !== undefined && url !== "") return { kind: "url", url };
  return findRedisProgram();
}

/** redis-server on the PATH, else the one that `npm run setup` unpacked: one that may be killed and started again. */
export async function findRedisProgram(): Promise<RedisProgram | undefined> {
  const installed = await findProgram("redis-server");
  if (installed !== undefined) return { kind: "program", path: installed, env: {} };
  const unpacked = join(await findCacheFolder(), unpackedRedis);
  const path = join(unpacked, "usr", "bin", "redis-server");
  if (!(await isExecutable(path))) return undefined;
  const architecture = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;
  const libraries = ["usr/lib", "lib"].map((folder) => join(unpacked, folder, `${architecture}-linux-gnu`));
  return { kind: "program", path, env: { LD_LIBRARY_PATH: libraries.join(":") } };
}
