import { readFile, readdir } from "node:fs/promises";
import { cpuOfTree, parseSchedstat, parseStat, treeOf } from "./process-stat.ts";
import type { ProcessStat } from "./process-stat.ts";

/** Snapshots taken at most until no process ended during one. */
const maxSnapshots = 50;

/**
 * CPU in µs that a process and its descendants have used, those included that have ended: of PostgreSQL
 * every backend, the checkpointer, the writers and autovacuum's workers.
 * @returns NaN if there is no /proc (only Linux has it) or no such process
 */
export async function cpuMicrosecondsOf(pid: number): Promise<number> {
  let before = await readTree(pid);
  for (let i = 0; i < maxSnapshots; i++) {
    const threads = new Map(
      await Promise.all(before.map(async (each) => [each.pid, await readThreads(each.pid)] as const)),
    );
    const after = await readTree(pid);
    // A process that ends during a snapshot would be missed or counted twice.
    if (sameProcesses(before, after)) return after.length === 0 ? Number.NaN : cpuOfTree(after, threads);
    before = after;
  }
  throw new Error(`process ${pid} starts and ends children too fast to measure its CPU`);
}

/** Process ids of a process and its living descendants; empty if there is no such process. */
export async function pidsOfTree(pid: number): Promise<number[]> {
  return (await readTree(pid)).map((each) => each.pid);
}

/**
 * Resident memory of a process and its descendants in bytes: now, and the sum of their highest (`VmRSS`, `VmHWM`).
 * @returns NaN if there is no /proc
 */
export async function memoryOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const pids = await pidsOfTree(pid);
  const statuses = await Promise.all(pids.map((each) => readFile(`/proc/${each}/status`, "utf8").catch(() => "")));
  const bytes = (name: string): number =>
    statuses.reduce((sum, status) => sum + Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0), 0) *
    1024;
  return pids.length === 0 ? { now: Number.NaN, peak: Number.NaN } : { now: bytes("VmRSS"), peak: bytes("VmHWM") };
}

function sameProcesses(one: readonly ProcessStat[], other: readonly ProcessStat[]): boolean {
  const endedOf = new Map(one.map(({ pid, ended }) => [pid, ended]));
  return one.length === other.length && other.every(({ pid, ended }) => endedOf.get(pid) === ended);
}

async function readTree(root: number): Promise<ProcessStat[]> {
  const entries = await readdir("/proc").catch(() => []);
  const stats = await Promise.all(
    entries.filter((entry) => /^\d+$/.test(entry)).map(async (entry) => parseStat(await readProc(`${entry}/stat`))),
  );
  return treeOf(
    stats.filter((stat) => stat !== null),
    root,
  );
}

async function readThreads(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const used = await Promise.all(
    threads.map(async (thread) => parseSchedstat(await readProc(`${pid}/task/${thread}/schedstat`))),
  );
  return used.reduce((sum, microseconds) => sum + microseconds, 0);
}

/** Empty if the process has ended. */
function readProc(path: string): Promise<string> {
  return readFile(`/proc/${path}`, "latin1").catch(() => "");
}
