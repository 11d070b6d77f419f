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
  /** The Collector's program; null if there is none. */
  readonly collector: string | null;
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
  /** µs of CPU per event of the process under test: the receiver or the Collector. */
  readonly receiverCpu: number;
  readonly postgresCpu: number;
  readonly loadCpu: number;
  /** µs of CPU per event that the way of storing costs: PostgreSQL, and the receiver or the client that writes. */
  readonly cpu: number;
  readonly walBytesPerEvent: number;
  /** What tables and indexes occupy afterwards; null if nobody wrote to them. */
  readonly diskBytesPerEvent: number | null;
}

interface Measured {
  /** Who writes to PostgreSQL: the receivers, the load generator as a client, or nobody. */
  readonly writer: "receivers" | "client" | "nobody";
  /** Events that rows and counters have to hold afterwards; null if nobody counts them. */
  readonly expected: number | null;
}

/**
 * Measures a job. If the receivers wrote, rows and counters are then compared with what they acknowledged.
 * @throws Error if an acknowledged event is missing
 */
export async function measureRun(
  bench: Bench,
  job: () => Promise<JobResult>,
  { writer, expected }: Measured,
): Promise<Run> {
  const before = await readUse(bench);
  const { ms, events, spans, cpu, p50, p99 } = await job();
  const after = await readUse(bench);
  if (expected !== null) await checkCounted(bench.database.query, expected);
  const disk = writer === "nobody" ? null : (await bench.database.diskBytes()) / (expected ?? events);
  const perEvent = (name: keyof typeof before): number => (after[name] - before[name]) / events;
  const [receiverCpu, postgresCpu, loadCpu] = [perEvent("receivers"), perEvent("postgres"), cpu / events];
  return {
    eventsPerSecond: (events * 1000) / ms,
    spansPerSecond: (spans * 1000) / ms,
    p50,
    p99,
    receiverCpu,
    postgresCpu,
    loadCpu,
    cpu: postgresCpu + (writer === "client" ? loadCpu : receiverCpu),
    walBytesPerEvent: perEvent("wal"),
    diskBytesPerEvent: disk,
  };
}

async function readUse({ database, receivers }: Bench) {
  const receiverCpu = await Promise.all(receivers.map(({ pid }) => cpuMicrosecondsOf(pid)));
  return {
    receivers: receiverCpu.reduce((sum, cpu) => sum + cpu, 0),
    postgres: await cpuMicrosecondsOf(database.pid),
    wal: await database.walBytes(),
  };
}

/** @throws Error if rows or counters hold another number of events */
export async function checkCounted(query: BenchDatabase["query"], expected: number): Promise<void> {
  const [row] = await query<{ rows: string; counted: string }>(
    "select (select count(*) from analytics_events) as rows, (select sum(events) from analytics_event_counts) as counted",
  );
  if (Number(row?.rows) !== expected || Number(row?.counted) !== expected) {
    throw new Error(
      `${expected} events were acknowledged, but the tables hold ${row?.rows} rows and ${row?.counted} counted`,
    );
  }
}
