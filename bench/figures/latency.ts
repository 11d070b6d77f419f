import { denseLoad } from "../load/make-load.ts";
import type { Bench } from "../measure-run.ts";

export interface LatencyRow {
  /** Share of the highest rate. */
  readonly share: number;
  readonly eventsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** From request to acknowledgement at a tenth, a half and nine tenths of the highest rate, open loop. */
export async function measureLatency(bench: Bench, highestEventsPerSecond: number): Promise<LatencyRow[]> {
  const load = { ...denseLoad, events: bench.events };
  const ports = bench.receivers.map(({ port }) => port);
  const rows: LatencyRow[] = [];
  for (const share of [0.1, 0.5, 0.9]) {
    await bench.database.reset();
    const perSecond = (highestEventsPerSecond * share) / load.spansPerRequest;
    // About three seconds each, within what the load has.
    const requests = Math.ceil(Math.min(perSecond * 3, load.events / load.spansPerRequest));
    const { p50, p99 } = await bench.load.run({ kind: "send", load, ports, connections: 40, perSecond, requests });
    rows.push({ share, eventsPerSecond: highestEventsPerSecond * share, p50: p50 ?? 0, p99: p99 ?? 0 });
  }
  return rows;
}
