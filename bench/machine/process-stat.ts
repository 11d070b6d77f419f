/** What Linux says about one process. CPU times are in µs. */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  /** CPU of all its threads, ended ones included. */
  readonly own: number;
  /** CPU of its children that have ended and been waited for, with their own such children. */
  readonly ended: number;
}

/** `sysconf(_SC_CLK_TCK)` is 100 on every Linux that Node runs on. */
const microsecondsPerTick = 10_000;

/**
 * Reads `/proc/<pid>/stat`, see proc_pid_stat(5).
 * @returns null if the text is cut off
 */
export function parseStat(text: string): ProcessStat | null {
  // The command stands in parentheses and may itself contain spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const at = (number: number): number => Number(fields[number - 3] ?? Number.NaN);
  const stat = {
    pid: Number.parseInt(text, 10),
    parent: at(4),
    own: (at(14) + at(15)) * microsecondsPerTick,
    ended: (at(16) + at(17)) * microsecondsPerTick,
  };
  return Object.values(stat).every(Number.isFinite) ? stat : null;
}

/** Reads `/proc/<pid>/task/<tid>/schedstat`: µs that the thread was on a processor; 0 if the text has no number. */
export function parseSchedstat(text: string): number {
  return (Number.parseInt(text, 10) || 0) / 1000;
}

/** The process `root` and all its living descendants; empty if there is no such process. */
export function treeOf(stats: readonly ProcessStat[], root: number): ProcessStat[] {
  const children = Map.groupBy(stats, ({ parent }) => parent);
  const tree = stats.filter(({ pid }) => pid === root);
  // The list grows while it is walked.
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/**
 * CPU of a tree of processes in µs, those included that have ended.
 *
 * `/proc/<pid>/stat` counts in ticks of 10 ms and includes ended threads; schedstat counts in ns and does not.
 * Neither says more than was used, so the larger one is taken.
 * @param threads µs of the living threads of each process by its pid, from schedstat
 */
export function cpuOfTree(tree: readonly ProcessStat[], threads: ReadonlyMap<number, number>): number {
  return tree.reduce((sum, { pid, own, ended }) => sum + Math.max(own, threads.get(pid) ?? 0) + ended, 0);
}
