import type { JobResult } from "./load/jobs.ts";
import type { BenchDatabase } from "./machine/bench-database.ts";
import { cpuMicrosecondsOf } from "./machine/process-use.ts";
import type { LoadProcess } from "./machine/start-load-process.ts";
import type { ReceiverProcess } from "./machine/start-receiver-process.ts";

export interface Bench {
  readonly database: BenchDatabase;
  readonly load: LoadProcess;
  /** One; contenders that use more start them for each run. */
  readonly receivers: readonly ReceiverProcess[];
  readonly redisUrl: string | null;
  /** Events of a run of the fast contenders; the slow ones write fewer. */
  readonly events: number;
}

/** One run of one contender. */
export interface Run {
  readonly eventsPerSecond: number;
  readonly spansPerSecond: number;
  readonly p50: number | null;
  readonly p99: number | null;
  /** µs of CPU per event. */
  readonly receiverCpu: number;
  readonly postgresCpu: number;
  readonly loadCpu: number;
  readonly walBytesPerEvent: number;
  /** What tables and indexes occupy afterwards. */
  readonly diskBytesPerEvent: number;
}

/**
 * Measures a job. What the receiver acknowledged is then looked up: rows and counters have to be there.
 * @param expected events that the tables have to hold afterwards, or null where nobody counts them
 */
export async function measureRun(bench: Bench, job: () => Promise<JobResult>, expected: number | null): Promise<Run> {
  const before = await readUse(bench);
  const { ms, events, spans, p50, p99 } = await job();
  const after = await readUse(bench);
  if (expected !== null) await checkCounted(bench.database, expected);
  const disk = (await bench.database.diskBytes()) / (expected ?? events);
  const perEvent = (name: keyof typeof before): number => (after[name] - before[name]) / events;
  return {
    eventsPerSecond: (events * 1000) / ms,
    spansPerSecond: (spans * 1000) / ms,
    p50,
    p99,
    receiverCpu: perEvent("receivers"),
    postgresCpu: perEvent("postgres"),
    loadCpu: perEvent("load"),
    walBytesPerEvent: perEvent("wal"),
    diskBytesPerEvent: disk,
  };
}

async function readUse({ database, load, receivers }: Bench) {
  const receiverCpu = await Promise.all(receivers.map(({ pid }) => cpuMicrosecondsOf(pid)));
  return {
    receivers: receiverCpu.reduce((sum, cpu) => sum + cpu, 0),
    postgres: await cpuMicrosecondsOf(database.pid, true),
    load: await cpuMicrosecondsOf(load.pid),
    wal: await database.walBytes(),
  };
}

async function checkCounted(database: BenchDatabase, expected: number): Promise<void> {
  const [row] = await database.query<{ rows: string; counted: string }>(
    "select (select count(*) from analytics_events) as rows, (select sum(events) from analytics_event_counts) as counted",
  );
  if (Number(row?.rows) !== expected || Number(row?.counted) !== expected) {
    throw new Error(`${expected} events were acknowledged, ${row?.rows} rows and ${row?.counted} counted are there`);
  }
}
