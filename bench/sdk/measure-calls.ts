/**
 * Measures one way of recording an event, in a process of its own: `node --expose-gc
 * --max-semi-space-size=256 measure-calls.ts <way> <sink>` prints one line of JSON.
 */
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { Analytics } from "@segment/analytics-node";
import { flush, recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";
import { PostHog } from "posthog-node";

interface Way {
  readonly record: (i: number) => void;
  readonly finish: () => Promise<unknown>;
}

export interface CallFigures {
  /**
   * Time on the caller's path, in ns a call: the median over stretches of 50 calls. Few of those are
   * interrupted however busy the machine is; longer ones nearly all are, and the slower way more often.
   */
  readonly callNs: number;
  /** CPU of the whole process from the first call to the last acknowledgement, in ns an event. */
  readonly cpuNs: number;
  /** Memory allocated on the caller's path, in bytes a call. */
  readonly bytes: number;
}

const [name = "", sink = ""] = process.argv.slice(2);
/** Fewer than any queue of the compared SDKs holds, so that none of them drops or blocks. */
const callsPerRound = 2000;
const callsPerStretch = 50;
const rounds = 20;
/** A product runs for days: what its first calls cost says little. */
const warmUpRounds = 10;

const attributes = (i: number) => ({
  session_id: `s-20251225-${i}`,
  role: "ai",
  message_length: i,
  response_time_ms: 1480.5,
  user_id: "u-7",
});

function otel(processors: BatchSpanProcessor[]): Way {
  const provider = new TracerProvider({ spanProcessors: processors });
  const tracer = provider.getTracer("bench");
  return {
    record: (i) => {
      const span = tracer.startSpan("session.message");
      span.addEvent("session.message", attributes(i));
      span.end();
    },
    finish: () => provider.forceFlush(),
  };
}

const ways: Readonly<Record<string, () => Way>> = {
  spanledger: () => {
    startBusinessEvents({ endpoint: sink });
    return {
      record: (i) => recordBusinessEvent("session.message", attributes(i)),
      finish: () => flush({ timeoutMs: 60_000 }),
    };
  },
  "otel bare": () => otel([]),
  "otel batch": () =>
    otel([
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${sink}/v1/traces` }),
        maxQueueSize: 100_000,
      }),
    ]),
  posthog: () => {
    const client = new PostHog("phc_bench", { host: sink, flushAt: 512, maxQueueSize: 100_000 });
    return {
      record: (i) => client.capture({ distinctId: "u-1", event: "session.message", properties: attributes(i) }),
      finish: () => client.flush(),
    };
  },
  segment: () => {
    const client = new Analytics({ writeKey: "bench", host: sink, flushAt: 512 });
    return {
      record: (i) => client.track({ userId: "u-1", event: "session.message", properties: attributes(i) }),
      finish: () => client.flush(),
    };
  },
};

const way = ways[name]!();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
// As in a product: within the span of a request.
const parent = trace.setSpanContext(ROOT_CONTEXT, {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
});
const collect = globalThis.gc!;

/** One round: its calls timed in stretches, then everything sent. */
async function round(): Promise<{ readonly ns: readonly number[]; readonly cpu: number; readonly bytes: number }> {
  collect();
  const cpuBefore = process.cpuUsage();
  const ns = new Float64Array(callsPerRound / callsPerStretch);
  const before = process.memoryUsage();
  context.with(parent, () => {
    for (let stretch = 0; stretch < ns.length; stretch += 1) {
      const started = performance.now();
      for (let i = 0; i < callsPerStretch; i += 1) way.record(stretch * callsPerStretch + i);
      ns[stretch] = ((performance.now() - started) * 1_000_000) / callsPerStretch;
    }
  });
  const after = process.memoryUsage();
  await way.finish();
  const cpu = process.cpuUsage(cpuBefore);
  return {
    ns: [...ns],
    cpu: ((cpu.user + cpu.system) * 1000) / callsPerRound,
    bytes: (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / callsPerRound,
  };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
for (let i = 0; i < warmUpRounds; i += 1) await round();
const measured: Awaited<ReturnType<typeof round>>[] = [];
for (let i = 0; i < rounds; i += 1) measured.push(await round());
const figures: CallFigures = {
  callNs: median(measured.flatMap(({ ns }) => ns)),
  cpuNs: median(measured.map(({ cpu }) => cpu)),
  bytes: median(measured.map(({ bytes }) => bytes)),
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
process.exit(0);
