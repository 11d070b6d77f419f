import { readFile, readdir } from "node:fs/promises";

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * CPU that a process has used, in µs; with its children (those that live, and those it has waited for).
 * Linux only: NaN elsewhere.
 */
export async function cpuMicrosecondsOf(pid: number, withChildren = false): Promise<number> {
  const own = await readStat(pid);
  if (own === null) return Number.NaN;
  let ticks = own.user + own.system;
  if (withChildren) {
    ticks += own.childrenUser + own.childrenSystem;
    for (const entry of await readdir("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      const stat = await readStat(Number(entry));
      if (stat?.parent === pid) ticks += stat.user + stat.system;
    }
  }
  return (ticks * 1_000_000) / ticksPerSecond;
}

/** Resident memory of a process in bytes: now, and at its highest (`VmRSS`, `VmHWM`); NaN where /proc is missing. */
export async function memoryOf(pid: number): Promise<{ readonly now: number; readonly peak: number }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const bytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
  return { now: bytes("VmRSS"), peak: bytes("VmHWM") };
}

async function readStat(pid: number) {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => null);
  if (text === null) return null;
  // The command stands in parentheses and may hold blanks; the fields are those of proc_pid_stat(5).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const at = (number: number): number => Number(fields[number - 3]);
  return { parent: at(4), user: at(14), system: at(15), childrenUser: at(16), childrenSystem: at(17) };
}
