import type { Job } from "./load/jobs.ts";
import { denseLoad } from "./load/make-load.ts";
import type { LoadSpec } from "./load/make-load.ts";
import { environmentOfTraffic } from "./load/start-of-traffic.ts";
import { startCollectorBeforeSink } from "./machine/start-collector-before-sink.ts";
import { startReceiverProcess } from "./machine/start-receiver-process.ts";
import type { ReceiverProcess } from "./machine/start-receiver-process.ts";
import { measureRun } from "./measure-run.ts";
import type { Bench, Run } from "./measure-run.ts";

export interface Contender {
  readonly id: string;
  readonly title: string;
  run(bench: Bench): Promise<Run>;
}

type Write = Extract<Job, { kind: "write" }>;

/** A reference: rows written without a receiver; `share` of the events of a run. */
function reference(id: string, title: string, way: Write["way"], connections: number, share: number): Contender {
  return {
    id,
    title,
    async run(bench) {
      await bench.database.reset();
      const { connectionString } = bench.database;
      const job: Write = {
        kind: "write",
        way,
        connectionString,
        connections,
        load: { ...denseLoad, events: bench.events },
        rows: Math.ceil(bench.events * share),
        redisUrl: bench.redisUrl,
      };
      return measureRun(bench, () => bench.load.run(job), { writer: "client", expected: null });
    },
  };
}

interface Variant {
  readonly load?: Partial<LoadSpec>;
  readonly connections: number;
  /** Receiver processes that take part. */
  readonly processes?: number;
  /** Share of a run's events: what is slow needs few to show its rate. */
  readonly share?: number;
  /** Sends everything, untimed, before it is sent again. */
  readonly again?: boolean;
}

/** The receiver: OTLP over HTTP, measured from the first byte sent to the last acknowledgement. */
function receiver(id: string, title: string, variant: Variant): Contender {
  return {
    id,
    title,
    async run(bench) {
      const more = await startMore(bench, (variant.processes ?? 1) - 1);
      try {
        const receivers = [...bench.receivers, ...more];
        const load = { ...denseLoad, events: Math.ceil(bench.events * (variant.share ?? 1)), ...variant.load };
        const ports = receivers.map(({ port }) => port);
        const send = { kind: "send", load, ports, connections: variant.connections } as const;
        await bench.database.reset();
        await bench.load.run({ kind: "make", load, renewed: true });
        if (load.duplicates > 0) await bench.load.run({ ...send, earlier: true });
        if (variant.again === true) await bench.load.run(send);
        else if (more.length > 0) {
          // Those that have just started compile while they run.
          await bench.load.run(send);
          await bench.database.reset();
        }
        const measured = { writer: "receivers", expected: load.events } as const;
        return await measureRun({ ...bench, receivers }, () => bench.load.run(send), measured);
      } finally {
        await Promise.all(more.map((each) => each.stop()));
      }
    },
  };
}

/** For one run: an idle receiver wakes a hundred times a second, and three of them took 3 % of two cores from all others. */
function startMore({ database: { connectionString } }: Bench, count: number): Promise<ReceiverProcess[]> {
  const start = { connectionString, environment: environmentOfTraffic };
  return Promise.all(Array.from({ length: count }, () => startReceiverProcess(start)));
}

/**
 * A sender is a Collector: its exporter has ten requests under way (`sending_queue.num_consumers`,
 * https://github.com/open-telemetry/opentelemetry-collector/tree/main/exporter/exporterhelper).
 */
const oneSender = 10;

/** The Collector as it is deployed, with its queue on disk; behind it a sink that answers 200 and does nothing else. */
const collector: Contender = {
  id: "collector",
  title: "the Collector alone: OTLP in, OTLP out, 512 events a request, one sender",
  async run(bench) {
    if (bench.collector === null) throw new Error("there is no Collector: run `npm run setup`");
    const behind = await startCollectorBeforeSink(bench.collector);
    try {
      const load = { ...denseLoad, events: Math.ceil(bench.events * 0.5) };
      const send = { kind: "send", load, ports: [behind.port], connections: oneSender } as const;
      // The first pass makes its memory grow to what the second needs.
      await bench.load.run(send);
      await behind.drained(load.events);
      return await measureRun(
        { ...bench, receivers: [behind] },
        async () => {
          const sent = await bench.load.run(send);
          await behind.drained(2 * load.events);
          return sent;
        },
        { writer: "nobody", expected: null },
      );
    } finally {
      await behind.stop();
    }
  },
};

export const contenders: readonly Contender[] = [
  reference("copy-1", "COPY BINARY, one connection", "copy-binary", 1, 1),
  reference("copy-2", "COPY BINARY, two connections", "copy-binary", 2, 1),
  reference("copy-text", "COPY in text form (`psql \\copy`), one connection", "copy-text", 1, 0.5),
  reference("insert-each", "one INSERT per event, pool of 10", "insert-each", 10, 0.1),
  reference(
    "naive",
    "naive: INSERT and counter UPDATE per event in a transaction, pool of 10",
    "naive-tracker",
    10,
    0.05,
  ),
  reference("batched", "batched tracker: INSERT of 100 rows, then HINCRBY", "batched-tracker", 10, 0.5),
  receiver("one-sender", "ours, 512 events a request, one sender", { connections: oneSender }),
  receiver("four-senders", "ours, 512 events a request, four senders", { connections: 4 * oneSender }),
  receiver("one-in-flight", "ours, 512 events a request, one request at a time", { connections: 1, share: 0.5 }),
  receiver("two-processes", "ours, two receiver processes, four senders", { connections: 4 * oneSender, processes: 2 }),
  receiver("four-processes", "ours, four receiver processes, four senders", {
    connections: 4 * oneSender,
    processes: 4,
  }),
  receiver("json", "ours, OTLP/JSON, one sender", { connections: oneSender, load: { encoding: "json" } }),
  receiver("sparse", "ours, 1 span in 20 carries an event, one sender", {
    connections: oneSender,
    load: { every: 20 },
    share: 0.2,
  }),
  receiver("random-ids", "ours, ids of version 4, one sender", { connections: oneSender, load: { ids: "random" } }),
  receiver("duplicates-1", "ours, 1 % duplicates, one sender", { connections: oneSender, load: { duplicates: 0.01 } }),
  receiver("duplicates-100", "ours, 100 % duplicates, one sender", { connections: oneSender, again: true }),
  receiver("single", "ours, requests of 1 event, 64 connections", {
    connections: 64,
    load: { spansPerRequest: 1, gzip: false },
    share: 0.2,
  }),
  collector,
];
