import { fileURLToPath } from "node:url";
import pg from "pg";
import { denseLoad } from "../load/make-load.ts";
import type { LoadSpec } from "../load/make-load.ts";
import { environmentOfTraffic } from "../load/start-of-traffic.ts";
import { startBenchServer } from "../machine/bench-database.ts";
import { cpuMicrosecondsOf, memoryOf } from "../machine/process-use.ts";
import { startLoadProcess } from "../machine/start-load-process.ts";
import type { LoadProcess } from "../machine/start-load-process.ts";
import { startReceiverProcess } from "../machine/start-receiver-process.ts";
import type { ReceiverProcess } from "../machine/start-receiver-process.ts";
import { checkCounted } from "../measure-run.ts";
import { checkOutCommit } from "./check-out-commit.ts";
import { comparePairs, measures, orderOfPair, writeComparison } from "./compare-pairs.ts";
import type { Comparison, Measure, Pair, Side } from "./compare-pairs.ts";

export interface AgainstOptions {
  readonly pairs: number;
  /** Measured events of a run: a run is one side of a pair. */
  readonly events: number;
  /** The largest ratio of the CPU an event that is accepted. */
  readonly limit: number;
}

/** @throws Error if an option is not a positive number */
export function readAgainstOptions(given: {
  readonly quick: boolean;
  readonly rounds?: string | undefined;
  readonly events?: string | undefined;
  readonly limit?: string | undefined;
}): AgainstOptions {
  const options = {
    pairs: Number(given.rounds ?? (given.quick ? 3 : 7)),
    // Seven runs of 300,000 are 2.1 million events a side.
    events: Number(given.events ?? (given.quick ? 200_000 : 300_000)),
    limit: Number(given.limit ?? 1.03),
  };
  for (const [name, value] of Object.entries(options)) {
    if (!(value > 0)) throw new Error(`--${name === "pairs" ? "rounds" : name} must be a positive number`);
  }
  return options;
}

const thisFolder = fileURLToPath(new URL("../../", import.meta.url));
/** Four Collectors with ten requests under way each: batches are full however busy the machine is. */
const connections = 40;
/** Events of one turn. In shorter ones, the first and the last batches, which are not full, made a difference of 10 %. */
const eventsOfTurn = 100_000;
/**
 * Loads before the first turn, and the events of each. V8 goes on compiling for about a million events, which takes a tenth of
 * the receiver's CPU: a side with more code would look slower than it is.
 */
const warmUps = 4;
const eventsOfWarmUp = 200_000;

/**
 * Compares the CPU an event (receiver and PostgreSQL), PostgreSQL's part of it and the receiver's memory of the working tree with a
 * commit's. Load generator, PostgreSQL and measuring are ours; only the receiver comes from the commit. Prints a line for each.
 * @returns the exit code: 1 if the median ratio is above the limit
 */
export async function runAgainst(name: string, options: AgainstOptions, say: (line: string) => void): Promise<number> {
  // Ends by `exit`, so that the worktree is removed.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  if (process.platform !== "linux") throw new Error("--against reads CPU times from /proc and needs Linux");
  const other = await checkOutCommit(name, say);
  try {
    const folders = { this: thisFolder, other: other.folder };
    const pairs = await measurePairs(folders, options, (pair, number) =>
      say(
        `pair ${number}/${options.pairs}: ${measureNames
          .map((name) => `${name} ${(pair[name].this / pair[name].other).toFixed(3)}x`)
          .join(", ")}`,
      ),
    );
    const compare = (name: Measure): Comparison => comparePairs(pairs.map((pair) => pair[name]));
    for (const name of measureNames) {
      process.stdout.write(`${writeComparison(name, compare(name), other.commit)}\n`);
    }
    return compare("CPU an event").ratio <= options.limit ? 0 : 1;
  } finally {
    other.remove();
  }
}

const measureNames = Object.keys(measures) as Measure[];
type Measured = Readonly<Record<Measure, Pair>>;

async function measurePairs(
  folders: Readonly<Record<Side, string>>,
  { pairs: count, events }: AgainstOptions,
  onPair: (pair: Measured, number: number) => void,
): Promise<Measured[]> {
  const server = await startBenchServer();
  const load = startLoadProcess();
  const pairs: Measured[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const pair = await measurePair(folders, orderOfPair(i), { server, load, events });
      pairs.push(pair);
      onPair(pair, i + 1);
    }
  } finally {
    load.stop();
    await server.stop();
  }
  return pairs;
}

interface Machine {
  readonly server: Awaited<ReturnType<typeof startBenchServer>>;
  readonly load: LoadProcess;
  /** Measured events of a side. */
  readonly events: number;
}

/**
 * Both sides' receivers, newly started, each on a database of its own. They take turns of a few seconds, so that
 * both meet the same machine; the one that waits costs nothing that is counted.
 */
async function measurePair(
  folders: Readonly<Record<Side, string>>,
  order: readonly [Side, Side],
  machine: Machine,
): Promise<Measured> {
  const sides: Partial<Record<Side, RunningSide>> = {};
  const turns = Math.max(1, Math.round(machine.events / eventsOfTurn));
  const events = Math.ceil(machine.events / turns);
  const postgres = { this: 0, other: 0 };
  const cpu = { this: 0, other: 0 };
  const memory = { this: 0, other: 0 };
  const perEvent = (of: Pair): Pair => ({ this: of.this / (turns * events), other: of.other / (turns * events) });
  try {
    for (const side of order) sides[side] = await startSide(side, folders[side], machine);
    for (let turn = 0; turn < turns; turn++) {
      for (const side of turn % 2 === 0 ? order : order.toReversed()) {
        const used = await (sides[side] as RunningSide).take(turn, events);
        postgres[side] += used.postgres;
        cpu[side] += used.receiver + used.postgres;
      }
    }
    for (const side of order) {
      const { receiver, check } = sides[side] as RunningSide;
      memory[side] = (await memoryOf(receiver.pid)).peak / 2 ** 20;
      await check();
    }
  } finally {
    for (const side of order) await sides[side]?.receiver.stop();
  }
  return {
    "CPU an event": perEvent(cpu),
    "PostgreSQL's part": perEvent(postgres),
    "receiver's peak memory": memory,
  };
}

/** µs of CPU. */
interface UsedCpu {
  readonly receiver: number;
  readonly postgres: number;
}

interface RunningSide {
  readonly receiver: ReceiverProcess;
  /** Sends the events of one turn. */
  take(turn: number, events: number): Promise<UsedCpu>;
  /** @throws Error if an acknowledged event is missing */
  check(): Promise<void>;
}

/** Starts one side's receiver on a new database and warms it up. */
async function startSide(side: Side, folder: string, { server, load }: Machine): Promise<RunningSide> {
  const database = `against_${side}`;
  await runOn(server.connectionString, `drop database if exists ${database} with (force)`);
  await runOn(server.connectionString, `create database ${database}`);
  const url = new URL(server.connectionString);
  url.pathname = `/${database}`;
  const receiver = await startReceiverProcess({
    connectionString: url.href,
    folder,
    environment: environmentOfTraffic,
  });
  let sent = 0;
  const used = async (): Promise<UsedCpu> => ({
    receiver: await cpuMicrosecondsOf(receiver.pid),
    postgres: await cpuMicrosecondsOf(server.pid),
  });
  const send = async (seed: number, count: number): Promise<UsedCpu> => {
    const spec: LoadSpec = { ...denseLoad, events: count, seed };
    await load.run({ kind: "make", load: spec });
    // What one side wrote would else be flushed to disk in the turn of the other.
    await runOn(url.href, "checkpoint");
    const before = await used();
    await load.run({ kind: "send", load: spec, ports: [receiver.port], connections });
    const after = await used();
    sent += count;
    return { receiver: after.receiver - before.receiver, postgres: after.postgres - before.postgres };
  };
  try {
    for (let seed = 1; seed <= warmUps; seed++) await send(seed, eventsOfWarmUp);
  } catch (error) {
    await receiver.stop();
    throw error;
  }
  return {
    receiver,
    take: (turn, count) => send(warmUps + 1 + turn, count),
    check: () => checkCounted((sql) => runOn(url.href, sql), sent),
  };
}

async function runOn<Row extends pg.QueryResultRow>(connectionString: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
