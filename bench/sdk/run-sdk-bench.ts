/** The SDK against what else a product could call, as ratios of one run. */
import { execFile, spawn } from "node:child_process";
import { Agent, get } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { startServerProcess } from "../machine/start-server-process.ts";
import type { CallFigures } from "./measure-calls.ts";
import { measureMemory, type memoryKinds, type MemoryFigures, type ProcessMemory } from "./measure-memory.ts";

const run = promisify(execFile);
const here = import.meta.dirname;
const source = "--conditions=spanledger-source";
const ways = ["spanledger", "otel bare", "otel batch", "posthog", "segment"] as const;

/** One ratio with its goal; `goal` is null if none was set. */
export interface SdkRatio {
  readonly name: string;
  readonly ratio: number;
  readonly goal: number | null;
}

export interface SdkFigures {
  readonly calls: Readonly<Record<(typeof ways)[number], CallFigures>>;
  /** In ms. */
  readonly httpP99: { readonly without: number; readonly withTenEvents: number };
  /** From the start to the end of a process that calls `process.exit`, in ms. */
  readonly exit: { readonly without: number; readonly withThousandEvents: number };
  readonly memory: Readonly<Record<(typeof memoryKinds)[number], MemoryFigures>>;
  readonly ratios: readonly SdkRatio[];
}

/** How much more memory a process may take with the SDK, in MiB. */
const memoryGoalMib = 32;

/** Takes about two minutes. */
export async function runSdkBench(): Promise<SdkFigures> {
  const sink = await startServerProcess(join(here, "sink-process.ts"), []);
  try {
    const calls = await measureCalls(sink.url);
    const httpP99 = await measureHttp(sink.url);
    const exit = await measureExit(sink.url);
    const memory = await measureMemory(sink.url);
    const ours = calls.spanledger;
    const ratios: SdkRatio[] = [
      ratio("call: to span + event + end of OpenTelemetry", ours.callNs, calls["otel bare"].callNs, 0.15),
      ratio("call: to posthog-node capture", ours.callNs, calls.posthog.callNs, 0.4),
      ratio("call: to Segment track", ours.callNs, calls.segment.callNs, null),
      ratio("bytes: to span + event + end of OpenTelemetry", ours.bytes, calls["otel bare"].bytes, 0.5),
      ratio("bytes: to posthog-node capture", ours.bytes, calls.posthog.bytes, 0.4),
      ratio("bytes: to Segment track", ours.bytes, calls.segment.bytes, null),
      ratio("CPU in all: to OpenTelemetry's batch processor and exporter", ours.cpuNs, calls["otel batch"].cpuNs, 0.6),
      ratio("p99 of an HTTP handler: ten events a request to none", httpP99.withTenEvents, httpP99.without, null),
    ];
    return { calls, httpP99, exit, memory, ratios };
  } finally {
    sink.stop();
  }
}

function ratio(name: string, ours: number, theirs: number, goal: number | null): SdkRatio {
  return { name, ratio: ours / theirs, goal };
}

/** Two passes in turn, so that a busy moment of the machine meets all alike; the best of each. */
async function measureCalls(sink: string): Promise<SdkFigures["calls"]> {
  const best: Partial<Record<(typeof ways)[number], CallFigures>> = {};
  for (let pass = 0; pass < 2; pass += 1) {
    for (const way of ways) {
      const { stdout } = await run(process.execPath, [
        source,
        "--expose-gc",
        "--max-semi-space-size=256",
        join(here, "measure-calls.ts"),
        way,
        sink,
      ]);
      const figures = JSON.parse(stdout.trim().split("\n").at(-1)!) as CallFigures;
      const before = best[way] ?? figures;
      best[way] = {
        callNs: Math.min(before.callNs, figures.callNs),
        cpuNs: Math.min(before.cpuNs, figures.cpuNs),
        bytes: Math.min(before.bytes, figures.bytes),
      };
    }
  }
  return best as SdkFigures["calls"];
}

/** p99 of requests that come at a fixed rate, whatever the answers before took; median of rounds. */
async function measureHttp(sink: string): Promise<SdkFigures["httpP99"]> {
  const [without, withTen] = [
    await startServerProcess(join(here, "http-product.ts"), ["0", sink]),
    await startServerProcess(join(here, "http-product.ts"), ["10", sink]),
  ];
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const results = { without: [] as number[], withTenEvents: [] as number[] };
  try {
    for (let round = 0; round < 5; round += 1) {
      const first = await p99(without.url, agent);
      const second = await p99(withTen.url, agent);
      // The first round warms both up.
      if (round === 0) continue;
      results.without.push(first);
      results.withTenEvents.push(second);
    }
  } finally {
    agent.destroy();
    without.stop();
    withTen.stop();
  }
  return { without: median(results.without), withTenEvents: median(results.withTenEvents) };
}

async function p99(url: string, agent: Agent): Promise<number> {
  const perTick = 2;
  const ticks = 1000;
  const latencies: number[] = [];
  const pending: Promise<void>[] = [];
  for (let tick = 0; tick < ticks; tick += 1) {
    for (let i = 0; i < perTick; i += 1) pending.push(requestOnce(url, agent, latencies));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  return latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)]!;
}

function requestOnce(url: string, agent: Agent, latencies: number[]): Promise<void> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) =>
      response.resume().on("end", () => {
        latencies.push(performance.now() - started);
        resolve();
      }),
    ).on("error", reject);
  });
}

async function measureExit(sink: string): Promise<SdkFigures["exit"]> {
  const product = join(here, "../../test/sdk/products/end.ts");
  const times = { without: [] as number[], withThousandEvents: [] as number[] };
  for (let round = 0; round < 5; round += 1) {
    for (const [key, count] of [
      ["without", "0"],
      ["withThousandEvents", "1000"],
    ] as const) {
      const started = performance.now();
      const child = spawn(process.execPath, [source, product, "exit", count], {
        env: { ...process.env, SPANLEDGER_OTLP_ENDPOINT: sink },
        stdio: "ignore",
      });
      await new Promise((resolve) => child.on("close", resolve));
      times[key].push(performance.now() - started);
    }
  }
  return { without: median(times.without), withThousandEvents: median(times.withThousandEvents) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

if (import.meta.main) {
  const { calls, httpP99, exit, memory, ratios } = await runSdkBench();
  const rows = Object.entries(calls).map(([way, { callNs, bytes, cpuNs }]) => ({
    way,
    "ns a call": Math.round(callNs),
    "bytes a call": Math.round(bytes),
    "CPU ns an event": Math.round(cpuNs),
  }));
  console.table(rows);
  const more = ({ all, own }: ProcessMemory, { without }: MemoryFigures): string =>
    `+${(all - without.all).toFixed(1)}, own +${(own - without.own).toFixed(1)}`;
  console.table(
    Object.entries(memory).map(([kind, figures]) => ({
      process: kind,
      "MiB without": Number(figures.without.all.toFixed(1)),
      "empty worker": more(figures.emptyWorker, figures),
      SDK: more(figures.sdk, figures),
      "SDK after 20,000 events": more(figures.sdkAfterEvents, figures),
      goal: `+${memoryGoalMib} in all`,
    })),
  );
  console.table(ratios.map((one) => ({ ...one, ratio: Number(one.ratio.toFixed(3)) })));
  console.info(
    `HTTP p99 ${httpP99.without.toFixed(2)} ms without, ${httpP99.withTenEvents.toFixed(2)} ms with ten events a request`,
  );
  console.info(
    `process.exit: ${exit.without.toFixed(0)} ms without events, ${exit.withThousandEvents.toFixed(0)} ms with 1,000 that wait`,
  );
}
