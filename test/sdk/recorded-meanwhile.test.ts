import { setImmediate } from "node:timers/promises";
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { afterEach, expect, it, vi } from "vitest";
import { firstChunkBytes } from "../../sdk/src/recording/chunk.ts";
import { controlWord } from "../../sdk/src/recording/control-block.ts";
import { recordIntoMemory } from "./record-into-memory.ts";
import { OtlpSink } from "./otlp-sink.ts";

afterEach(() => void vi.restoreAllMocks());

/**
 * The product's thread records whenever it likes, so also between any two looks of the sender at the
 * shared memory. Here the least lucky moments are common: an event right after every third look.
 */
it("loses nothing that is recorded between two looks of the sender", async () => {
  const sink = await OtlpSink.start();
  startBusinessEvents({ endpoint: sink.url, inProcess: true, batchDelayMs: 1, maxBatchEvents: 7 });
  const events = 1500;
  let recorded = 0;
  const load = Atomics.load.bind(Atomics);
  let recording = false;
  let looks = 0;
  vi.spyOn(Atomics, "load").mockImplementation(((words: Int32Array, index: number) => {
    const value = load(words, index);
    if (!recording && recorded < events && words.buffer.byteLength >= firstChunkBytes && looks++ % 3 === 0) {
      recording = true;
      // Long enough that chunks are sealed and begun meanwhile as well.
      recordBusinessEvent("shop.sold", { number: ++recorded, text: "x".repeat(recorded % 7 === 0 ? 15_000 : 10) });
      recording = false;
    }
    return value;
  }) as typeof Atomics.load);
  let opened = 0;
  while (recorded < events) {
    // Whoever sleeps looks at nothing.
    recordBusinessEvent("shop.opened", { number: ++opened });
    await setImmediate();
  }
  expect(await flush({ timeoutMs: 60_000 })).toBe(true);
  expect(sink.eventIds.size).toBe(events + opened);
  expect(businessEventsStatus()).toMatchObject({ sent: events + opened, pending: 0, dropped: 0 });
  await shutdown();
  await sink.stop();
});

it("wakes up by itself for an event that is recorded while it falls asleep", async () => {
  const sink = await OtlpSink.start();
  startBusinessEvents({ endpoint: sink.url, inProcess: true, batchDelayMs: 1 });
  const store = Atomics.store.bind(Atomics);
  let late = 0;
  vi.spyOn(Atomics, "store").mockImplementation(((words: Int32Array, index: number, value: number) => {
    // Behind the last look at the memory, and before the mark that asks for a wake-up.
    const fallsAsleep = words.buffer.byteLength < firstChunkBytes && index === controlWord.asleep && value === 1;
    if (fallsAsleep && late < 20) recordBusinessEvent("shop.late", { number: ++late });
    return store(words, index, value);
  }) as typeof Atomics.store);
  recordBusinessEvent("shop.opened");
  await sink.until(({ eventIds }) => eventIds.size === 21);
  expect(businessEventsStatus()).toMatchObject({ recorded: 21, dropped: 0 });
  await shutdown();
  await sink.stop();
});

it("gives no memory back that holds events which nobody has taken", () => {
  // Enough for several chunks, of which the first is sealed.
  const backlog = recordIntoMemory(20_000);
  const seqs: number[] = [];
  for (let batch = backlog.take(300, 1e9); batch !== null; batch = backlog.take(300, 1e9)) {
    for (let seq = batch.firstSeq; seq <= batch.lastSeq; seq += 1) seqs.push(seq);
    backlog.settle(batch);
  }
  expect(seqs).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1));
});
