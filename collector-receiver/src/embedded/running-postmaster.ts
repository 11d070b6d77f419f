import { readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * The server that runs on a data folder now, from its `postmaster.pid`. A file left by a server that
 * was killed is removed if its process id belongs to another program by now: PostgreSQL itself
 * would take that one for a server and refuse to start.
 */
export async function findRunningPostmaster(cluster: string): Promise<{ pid: number; port: number } | undefined> {
  const file = join(cluster, "postmaster.pid");
  let lines: string[];
  try {
    lines = (await readFile(file, "utf8")).split("\n");
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  if (!(await worksIn(pid, cluster))) {
    await rm(file, { force: true });
    return undefined;
  }
  return Number.isInteger(port) && port > 0 ? { pid, port } : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A postmaster's working directory is its data folder; only Linux can tell, elsewhere it is believed. */
async function worksIn(pid: number, cluster: string): Promise<boolean> {
  if (process.platform !== "linux") return true;
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === (await realpath(cluster));
  } catch {
    return false;
  }
}
