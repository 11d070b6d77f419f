import { denseLoad } from "../load/make-load.ts";
import { memoryOf } from "../machine/process-use.ts";
import type { Bench } from "../measure-run.ts";
import { makeFigure } from "../summarise.ts";
import type { Figure } from "../summarise.ts";

const MiB = 1024 * 1024;
const connections = 100;

/** Memory of a receiver that gets more than PostgreSQL takes, pass after pass: how high, and whether it grows. */
export async function measureOverload(bench: Bench, passes: number): Promise<Figure[]> {
  const [receiver] = bench.receivers;
  if (receiver === undefined) return [];
  const load = { ...denseLoad, events: bench.events };
  const after: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    await bench.database.reset();
    await bench.load.run({ kind: "send", load, ports: [receiver.port], connections });
    after.push((await memoryOf(receiver.pid)).now / MiB);
  }
  const peak = (await memoryOf(receiver.pid)).peak / MiB;
  const half = Math.floor(after.length / 2);
  const grown = Math.max(...after.slice(half)) / Math.max(...after.slice(0, half));
  return [
    makeFigure(
      {
        id: "memory",
        title: "receiver's peak memory in all runs, overload included",
        target: { goal: 300, atMost: true },
        unit: "MiB",
      },
      [peak],
      [peak],
    ),
    makeFigure(
      {
        id: "memory-flat",
        title: `largest memory after the last ${after.length - half} passes of overload against the first ${half}`,
        target: { goal: 1.15, atMost: true },
        unit: "MiB at the end",
      },
      [grown],
      [after.at(-1) as number],
    ),
  ];
}
