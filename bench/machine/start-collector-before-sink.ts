import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startCollector } from "../../deploy/collector/start-collector.ts";
import { startServerProcess } from "./start-server-process.ts";

export interface CollectorBeforeSink {
  readonly pid: number;
  /** For OTLP/HTTP. */
  readonly port: number;
  /**
   * Resolves when so many spans have been delivered since the start.
   * @throws Error after 60 s without one more
   */
  drained(spans: number): Promise<void>;
  stop(): Promise<void>;
}

const sink = fileURLToPath(new URL("../sdk/sink-process.ts", import.meta.url));
const stalledAfterMs = 60_000;

/** Starts the Collector as it is deployed, and a process behind it that takes everything at once. */
export async function startCollectorBeforeSink(program: string): Promise<CollectorBeforeSink> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-bench-collector-"));
  const behind = await startServerProcess(sink, []);
  const clean = async (): Promise<void> => {
    behind.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const collector = await startCollector({ program, folder, receiverUrl: behind.url }).catch(async (error: unknown) => {
    await clean();
    throw error;
  });
  return {
    pid: collector.pid,
    port: collector.ports.http,
    async drained(spans) {
      let last = { delivered: 0, atMs: Date.now() };
      for (;;) {
        const delivered = deliveredSpans(await (await fetch(collector.metricsUrl)).text());
        if (delivered >= spans) return;
        if (delivered > last.delivered) last = { delivered, atMs: Date.now() };
        if (Date.now() - last.atMs > stalledAfterMs) {
          throw new Error(`the Collector delivered ${delivered} of ${spans} spans and then none for 60 s`);
        }
        await sleep(100);
      }
    },
    async stop() {
      await collector.stop();
      await clean();
    },
  };
}

/** Spans that the exporter to the receiver has delivered, from the Collector's own metrics. */
export function deliveredSpans(metrics: string): number {
  const found = metrics.matchAll(/^otelcol_exporter_sent_spans(?:__spans_|_spans)?(?:_total)?\{(.*)\} (\S+)$/gm);
  let delivered = 0;
  for (const [, labels = "", value] of found) {
    if (labels.includes('exporter="otlp_http/spanledger"')) delivered += Number(value);
  }
  return delivered;
}
