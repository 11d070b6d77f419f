/** Long outages: a minute as it is, in memory; an hour by a simulated clock, on disk. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { decodeFrames } from "../../sdk/src/spool/segment-frames.ts";
import { OtlpSink } from "./otlp-sink.ts";

// The SDK takes Node's timers when it is loaded, so that no test of a product stops them. This one has to.
vi.mock("../../sdk/src/timers.ts", () => ({
  startTimer: (ms: number, callback: () => void) => globalThis.setTimeout(callback, ms),
  stopTimer: (timer: NodeJS.Timeout | null) => globalThis.clearTimeout(timer ?? undefined),
  startInterval: (ms: number, callback: () => void) => globalThis.setInterval(callback, ms),
  stopInterval: (timer: NodeJS.Timeout) => globalThis.clearInterval(timer),
  soon: (callback: () => void) => globalThis.setImmediate(callback).unref(),
}));

let sink: OtlpSink;
let spool: string;
beforeEach(async () => {
  sink = await OtlpSink.start();
  spool = mkdtempSync(join(tmpdir(), "spanledger-outage-"));
});
afterEach(async () => {
  await shutdown({ timeoutMs: 500 });
  vi.useRealTimers();
  await sink.stop();
  rmSync(spool, { recursive: true, force: true });
});

const realSetTimeout = globalThis.setTimeout;
const reallyWait = (ms: number): Promise<void> => new Promise((resolve) => realSetTimeout(resolve, ms));

/** Sequence numbers of all whole records in the segments on disk. */
function seqsOnDisk(): number[] {
  return readdirSync(spool)
    .flatMap((folder) => readdirSync(join(spool, folder)).map((file) => join(spool, folder, file)))
    .filter((file) => file.endsWith(".seg"))
    .flatMap((file) => decodeFrames(readFileSync(file)).seqs);
}

/** None lost and none twice, judged by what the receiver decoded. */
function expectEachOnce(recorded: number): void {
  const seqs = sink.events.map(({ seq }) => seq).toSorted((a, b) => a - b);
  expect(seqs).toEqual(Array.from({ length: recorded }, (_, i) => i + 1));
  expect(sink.eventIds.size).toBe(recorded);
  expect(sink.events.every(({ seq, attributes }) => attributes["i"] === seq)).toBe(true);
  expect(businessEventsStatus()).toMatchObject({ recorded, sent: recorded, pending: 0, dropped: 0, refused: 0 });
}

it("a minute without a receiver, in memory", { timeout: 180_000 }, async () => {
  startBusinessEvents({ endpoint: sink.url });
  let recorded = 0;
  const record = (count: number): void => {
    for (let i = 0; i < count; i += 1) recordBusinessEvent("shop.sold", { i: (recorded += 1) });
  };
  record(100);
  await flush();
  await sink.stop();
  const backAt = performance.now() + 60_000;
  while (performance.now() < backAt) {
    record(10);
    await reallyWait(100);
  }
  expect(businessEventsStatus()).toMatchObject({ sent: 100, dropped: 0 });
  await sink.listen();
  // The pause between two attempts has grown to half a minute.
  expect(await flush({ timeoutMs: 90_000 })).toBe(true);
  expect(recorded).toBeGreaterThan(1000);
  expectEachOnce(recorded);
});

it("an hour without a Collector, on disk", { timeout: 180_000 }, async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"] });
  // In this thread, whose clock can be simulated; sockets and files stay real.
  startBusinessEvents({
    endpoint: sink.url,
    inProcess: true,
    spoolDirectory: spool,
    maxQueueBytes: 1024 * 1024,
    requestTimeoutMs: 3_600_000,
  });
  await sink.stop();
  const stepMs = 5000;
  const text = "x".repeat(300);
  let recorded = 0;
  for (let passedMs = 0; passedMs < 3_600_000; passedMs += stepMs) {
    for (let i = 0; i < 20; i += 1) recordBusinessEvent("shop.sold", { i: (recorded += 1), text });
    await reallyWait(1);
    vi.advanceTimersByTime(stepMs);
    // An attempt that was due is refused by the closed port meanwhile.
    await reallyWait(2);
  }
  const { failedAttempts, sent, dropped } = businessEventsStatus();
  expect({ sent, dropped }).toEqual({ sent: 0, dropped: 0 });
  // Every 15 to 30 s once the pause has grown: neither given up nor hammering.
  expect(failedAttempts).toBeGreaterThan(60);
  expect(failedAttempts).toBeLessThan(400);
  // Several times what memory may hold.
  expect(seqsOnDisk()).toEqual(Array.from({ length: recorded }, (_, i) => i + 1));

  await sink.listen();
  const flushed = flush({ timeoutMs: 3_600_000 });
  while (businessEventsStatus().pending > 0) {
    vi.advanceTimersByTime(100);
    await reallyWait(2);
  }
  expect(await flushed).toBe(true);
  expectEachOnce(recorded);
  const times = sink.events.map(({ timeNanos }) => Number(timeNanos / 1_000_000n));
  expect(Math.max(...times) - Math.min(...times)).toBe(3_600_000 - stepMs);
  await shutdown();
  expect(readdirSync(spool)).toEqual([]);
  console.info(`an hour: ${recorded} events, ${failedAttempts} failed attempts, 0 lost, 0 twice`);
});
