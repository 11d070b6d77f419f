import { describe, expect, test } from "vitest";
import { cpuOfTree, parseSchedstat, parseStat, treeOf } from "../../bench/machine/process-stat.ts";
import type { ProcessStat } from "../../bench/machine/process-stat.ts";

/** A line of /proc/<pid>/stat; ticks are utime, stime, cutime, cstime. */
function statLine(
  pid: number,
  command: string,
  parent: number,
  ticks: readonly [number, number, number, number],
): string {
  return `${pid} (${command}) S ${parent} 9 9 0 -1 4194560 7193 311 1 2 ${ticks.join(" ")} 20 0 12 0 8123 1269 844 18446\n`;
}

function stat(pid: number, parent: number, own = 0, ended = 0): ProcessStat {
  return { pid, parent, own, ended };
}

describe("/proc/<pid>/stat", () => {
  test.each(["postgres", "postgres: walwriter", "a) S 1 (b", "x y) R 7"])(
    "reads parent and CPU of a process whose command is %j",
    (command) => {
      expect(parseStat(statLine(4711, command, 42, [150, 25, 30, 4]))).toEqual({
        pid: 4711,
        parent: 42,
        own: 1_750_000,
        ended: 340_000,
      });
    },
  );

  test.each(["", "4711", "4711 (postgres) S 42 9 9"])(
    "a process that has ended reads as %j and is left out",
    (text) => {
      expect(parseStat(text)).toBeNull();
    },
  );
});

describe("/proc/<pid>/task/<tid>/schedstat", () => {
  test("reads nanoseconds on a processor as microseconds", () => {
    expect(parseSchedstat("1234567890 4567 12\n")).toBe(1_234_567.89);
  });

  test("a thread that has ended counts nothing", () => {
    expect(parseSchedstat("")).toBe(0);
  });
});

describe("a tree of processes", () => {
  test("holds descendants of every generation and nobody else's", () => {
    const stats = [stat(30, 20), stat(10, 1), stat(20, 10), stat(21, 10), stat(99, 1), stat(1, 0)];
    expect(treeOf(stats, 10).map(({ pid }) => pid)).toEqual([10, 20, 21, 30]);
  });

  test("is empty if its root has ended", () => {
    expect(treeOf([stat(20, 10)], 10)).toEqual([]);
  });

  test("a child's CPU stays the same when it ends and its parent has waited for it", () => {
    const before = cpuOfTree([stat(10, 1, 1000), stat(20, 10, 70_000), stat(21, 10, 500)], new Map());
    const after = cpuOfTree([stat(10, 1, 1000, 70_000), stat(21, 10, 500)], new Map());
    expect(after).toBe(before);
    expect(after).toBe(71_500);
  });

  test("takes the finer time of threads, and the ticks if threads have ended", () => {
    const tree = [stat(10, 1, 20_000), stat(20, 10, 90_000)];
    expect(
      cpuOfTree(
        tree,
        new Map([
          [10, 27_345.5],
          [20, 40_000],
        ]),
      ),
    ).toBe(117_345.5);
  });
});
