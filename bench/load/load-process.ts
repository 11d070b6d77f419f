import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { runBatchedTracker } from "../contenders/batched-tracker.ts";
import { copyAllRows } from "../contenders/copy-rows.ts";
import { insertEach } from "../contenders/insert-each.ts";
import { runNaiveTracker } from "../contenders/naive-tracker.ts";
import type { Job, JobAnswer, JobResult } from "./jobs.ts";
import { makeLoad } from "./make-load.ts";
import type { Load, LoadSpec } from "./make-load.ts";
import { rowsOfLoad } from "./rows-of-load.ts";
import { sendRequests } from "./send-requests.ts";

// The process that generates load: it makes loads before the clock starts and keeps them between rounds.
const loads = new Map<string, Load>();
const rows = new Map<string, BusinessEvent[]>();

process.on("message", (job: Job) => {
  runJob(job).then(
    (result) => process.send?.({ result } satisfies JobAnswer),
    (error: Error) => process.send?.({ error: error.stack ?? error.message } satisfies JobAnswer),
  );
});
process.once("disconnect", () => process.exit());

function loadOf(spec: LoadSpec, renewed = false): Load {
  const key = JSON.stringify(spec);
  if (renewed) loads.delete(key);
  let load = loads.get(key);
  if (load === undefined) {
    load = makeLoad(spec);
    loads.set(key, load);
  }
  return load;
}

function rowsOf(spec: LoadSpec): BusinessEvent[] {
  const key = JSON.stringify(spec);
  let found = rows.get(key);
  if (found === undefined) {
    found = rowsOfLoad(loadOf(spec));
    rows.set(key, found);
  }
  return found;
}

async function runJob(job: Job): Promise<JobResult> {
  const load = loadOf(job.load, job.kind === "make" && job.renewed === true);
  if (job.kind === "make") return { ms: 0, events: 0, spans: 0, cpu: 0, p50: null, p99: null };
  if (job.kind === "send") {
    const all = job.earlier === true ? load.earlier : load.requests;
    const requests = job.requests === undefined ? all : all.slice(0, job.requests);
    const share = all.length === 0 ? 0 : requests.length / all.length;
    const before = process.cpuUsage();
    const { ms, latencies } = await sendRequests(job.ports, requests, job.connections, job.perSecond ?? null);
    const cpu = cpuSince(before);
    latencies.sort();
    return {
      ms,
      events: Math.round(load.spec.events * share),
      spans: Math.round(load.spans * share),
      cpu,
      p50: latencies[Math.floor(latencies.length * 0.5)] ?? null,
      p99: latencies[Math.floor(latencies.length * 0.99)] ?? null,
    };
  }
  const written = rowsOf(job.load).slice(0, job.rows ?? Number.POSITIVE_INFINITY);
  const before = process.cpuUsage();
  const ms = await write(job, written);
  const { length } = written;
  return { ms, events: length, spans: length, cpu: cpuSince(before), p50: null, p99: null };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function write(job: Extract<Job, { kind: "write" }>, events: readonly BusinessEvent[]): Promise<number> {
  switch (job.way) {
    case "copy-binary":
    case "copy-text":
      return copyAllRows(
        events,
        job.connectionString,
        job.connections ?? 1,
        job.way === "copy-binary" ? "binary" : "text",
      );
    case "insert-each":
      return insertEach(events, job.connectionString);
    case "naive-tracker":
      return runNaiveTracker(events, job.connectionString);
    case "batched-tracker":
      return runBatchedTracker(events, job.connectionString, job.redisUrl ?? null);
  }
}
