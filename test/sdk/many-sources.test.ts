/** One sender for many short threads: few requests, and nothing left of a thread when it is over. */
import { expect, it, onTestFinished } from "vitest";
import { controlCounter, controlWord, createControlBlock } from "../../sdk/src/recording/control-block.ts";
import { planEvent } from "../../sdk/src/recording/event-plan.ts";
import { EventQueue } from "../../sdk/src/recording/event-queue.ts";
import { EventWriter } from "../../sdk/src/recording/event-writer.ts";
import { resolveConfig } from "../../sdk/src/resolve-config.ts";
import { Sender } from "../../sdk/src/sending/sender.ts";
import type { SourceAnnouncement } from "../../sdk/src/sending/source-announcement.ts";
import { OtlpSink } from "./otlp-sink.ts";

/** A thread that has recorded one event. */
function recordOne(endpoint: string): SourceAnnouncement {
  const control = createControlBlock();
  Atomics.store(control.words, controlWord.sender, 1);
  const queue = new EventQueue(1024 * 1024);
  const writer = new EventWriter();
  const chunk = queue.advance()!;
  writer.aim(chunk);
  const plan = planEvent("shop.sold");
  const end = writer.write(queue.position, plan, 1, 1_766_650_000_000, undefined, undefined, {}, undefined);
  control.counters[controlCounter.lastSeq] = 1;
  queue.commit(chunk, end);
  const { settings } = resolveConfig({ endpoint, batchDelayMs: 60_000 }, {});
  return { settings, control: control.memory, number: 1, chunks: queue.unreleased };
}

it("1,000 threads that end: every event and every report once, in few requests", async () => {
  const sink = await OtlpSink.start();
  onTestFinished(() => sink.stop());
  const sender = new Sender(() => undefined);
  onTestFinished(() => sender.close());
  const count = 1000;
  const sources = Array.from({ length: count }, () => recordOne(sink.url));
  for (const source of sources) {
    // Twice, as a message that two threads have heard.
    sender.announce(source, false);
    sender.announce(source, false);
    sender.end(source.settings.identity.sourceId);
  }
  await sink.until(({ reports }) => reports.length === count);
  expect(sink.events).toHaveLength(count);
  expect(sink.eventIds.size).toBe(count);
  expect(new Set(sink.reports.map(({ sourceId }) => sourceId)).size).toBe(count);
  // One at a time each would have made 2,000.
  expect(sink.requests.length).toBeLessThan(200);
  // A late message of a thread that is over changes nothing.
  sender.announce(sources[0]!, false);
  await sender.finishAll();
  expect(sink.events).toHaveLength(count);
});
