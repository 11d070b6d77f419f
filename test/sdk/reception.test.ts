import { BroadcastChannel } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { controlCounter, createControlBlock } from "../../sdk/src/recording/control-block.ts";
import { resolveConfig } from "../../sdk/src/resolve-config.ts";
import { Reception } from "../../sdk/src/threads/reception.ts";
import { channelNames } from "../../sdk/src/threads/thread-channels.ts";

test("the main thread counts what other threads have recorded while its worker has not begun yet", async () => {
  const received: string[] = [];
  const reception = new Reception(({ kind }) => received.push(kind));
  const thread = new BroadcastChannel(channelNames.toMainSender);
  onTestFinished(() => {
    reception.close();
    thread.close();
  });
  reception.open();
  const { settings } = resolveConfig({}, {}, { sourceId: "thread-1", instanceId: "i" });
  const { memory: control, counters } = createControlBlock();
  const source = { settings, control, number: 1, chunks: [] };
  thread.postMessage({ kind: "source", source });
  // Each message has its own object over the same memory.
  thread.postMessage({ kind: "flush", source, seq: 100, id: 1 });
  counters[controlCounter.lastSeq] = 100;
  await expect
    .poll(() => {
      reception.drain();
      return received;
    })
    .toEqual(["source", "flush"]);
  expect(reception.pending).toBe(100);
  counters[controlCounter.sent] = 30;
  counters[controlCounter.dropped] = 10;
  expect(reception.pending).toBe(60);
  counters[controlCounter.storedSeq] = 95;
  expect(reception.pending).toBe(5);
  // A worker that has begun counts those of all threads.
  new Int32Array(reception.point.state).fill(7);
  expect(reception.pending).toBe(7);
});
