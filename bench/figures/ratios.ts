import type { Run } from "../measure-run.ts";
import { makeFigure } from "../summarise.ts";
import type { Figure, Target } from "../summarise.ts";

type Measure = "cpu" | "eventsPerSecond" | "spansPerSecond";

/** A figure: one contender's CPU or rate as a ratio to another's of the same round. */
interface RatioFigure {
  readonly id: string;
  readonly title: string;
  readonly of: string;
  readonly to: string;
  readonly measure: Measure;
  readonly target: Target | null;
}

const units: Readonly<Record<Measure, string>> = {
  cpu: "µs CPU/event",
  eventsPerSecond: "events/s",
  spansPerSecond: "spans/s",
};

function cpu(id: string, title: string, of: string, to: string, target: Omit<Target, "atMost"> | null): RatioFigure {
  return { id, title, of, to, measure: "cpu", target: target && { ...target, atMost: true } };
}

/** A rate has no goal: on a busy machine it says more about the machine than about us. */
function rate(id: string, title: string, of: string, to: string, measure: Measure = "eventsPerSecond"): RatioFigure {
  return { id, title, of, to, measure, target: null };
}

export const ratioFigures: readonly RatioFigure[] = [
  cpu("cpu-four-senders", "CPU of ours, four senders, against COPY BINARY of the same rows", "four-senders", "copy-1", {
    goal: 1.5,
    limit: 1.85,
  }),
  cpu("cpu-one-sender", "CPU of ours, one sender, against COPY BINARY of the same rows", "one-sender", "copy-1", {
    goal: 1.8,
    limit: 2.2,
  }),
  cpu("cpu-single", "CPU of requests of 1 event, 64 connections, against the naive tracker", "single", "naive", {
    goal: 0.25,
  }),
  cpu(
    "random-ids",
    "CPU of ids of version 4, which are claimed, against the SDK's ids",
    "random-ids",
    "one-sender",
    null,
  ),
  rate("insert", "ours, one sender, against one INSERT per event through a pool", "one-sender", "insert-each"),
  rate("limit-one", "ours, one sender, against COPY BINARY over one connection", "one-sender", "copy-1"),
  rate("limit-two", "ours, four senders, against COPY BINARY over two connections", "four-senders", "copy-2"),
  rate("naive", "ours, four senders, against the naive tracker", "four-senders", "naive"),
  rate("batched", "ours, four senders, against the batched tracker", "four-senders", "batched"),
  rate("duplicates-1", "1 % duplicates against fresh", "duplicates-1", "one-sender"),
  rate("duplicates-100", "100 % duplicates against fresh", "duplicates-100", "one-sender"),
  rate("single", "requests of 1 event, 64 connections, against the naive tracker", "single", "naive"),
  rate("sparse", "spans a second at 1 in 20 against 1 in 1", "sparse", "one-sender", "spansPerSecond"),
];

/**
 * The figures for which both contenders ran.
 * @param runs by the contender's id, one run a round
 */
export function makeRatioFigures(runs: ReadonlyMap<string, readonly Pick<Run, Measure>[]>): Figure[] {
  return ratioFigures.flatMap(({ id, title, of, to, measure, target }) => {
    const ours = runs.get(of)?.map((run) => run[measure]) ?? [];
    const theirs = runs.get(to)?.map((run) => run[measure]) ?? [];
    if (ours.length === 0 || theirs.length === 0) return [];
    const ratios = ours.map((value, round) => value / (theirs[round] as number));
    return [makeFigure({ id, title, target, unit: units[measure] }, ratios, ours)];
  });
}
