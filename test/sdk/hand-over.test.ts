/** Where one sender, one wait or one thread follows another: nothing may fall in between, and nothing count twice. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { controlWord, createControlBlock } from "../../sdk/src/recording/control-block.ts";
import { planEvent } from "../../sdk/src/recording/event-plan.ts";
import { EventQueue } from "../../sdk/src/recording/event-queue.ts";
import { EventWriter } from "../../sdk/src/recording/event-writer.ts";
import { resolveConfig } from "../../sdk/src/resolve-config.ts";
import { MemoryBacklog } from "../../sdk/src/sending/memory-backlog.ts";
import { Sender } from "../../sdk/src/sending/sender.ts";
import * as workerProgram from "../../sdk/src/sending/worker-source.ts";
import type { ReceivedEvent } from "./decode-otlp.ts";
import { useFolder, useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { runProduct } from "./run-product.ts";

let sink: OtlpSink;
let folder: string;
vi.mock(import("../../sdk/src/sending/worker-source.ts"), { spy: true });
useFolder((made) => (folder = made));
useSink((started) => (sink = started), 10_000);

it.each([true, false])("a flush in the turn of the call waits for the event (in process: %s)", async (inProcess) => {
  startBusinessEvents({ endpoint: sink.url, inProcess, batchDelayMs: 60_000 });
  recordBusinessEvent("shop.sold");
  expect(await flush()).toBe(true);
  expect(sink.events).toHaveLength(1);
  expect(businessEventsStatus()).toMatchObject({ sent: 1, pending: 0 });
});

it("the exit waits for itself, not for a shutdown that was given up before", async () => {
  let refusals = 0;
  sink.misbehave = (request, response) => {
    // The shutdown is over as soon as the first ten and its report are taken; the others take longer.
    const isLate = request.events.some(({ name }) => name === "shop.late");
    const others = sink.seen > request.events.length;
    if (isLate ? refusals >= 5 : others) return false;
    refusals += 1;
    setTimeout(() => response.writeHead(503, { "retry-after": "0" }).end(), isLate ? 100 : 400);
    return true;
  };
  expect(await runProduct("given-up", { endpoint: sink.url })).toMatchObject({ code: 0, stderr: "" });
  expect(sink.eventIds.size).toBe(20);
  expect(sink.reports.at(-1)).toMatchObject({ lastSeq: 20, dropped: 0 });
});

it("the last report counts what was recorded while another was on its way", async () => {
  let reportArrived = false;
  let answerReport = (): void => undefined;
  sink.misbehave = (request, response) => {
    if (request.events.length > 0 || reportArrived) return false;
    reportArrived = true;
    answerReport = () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    return true;
  };
  startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5, reportDelayMs: 5 });
  recordBusinessEvent("shop.sold");
  await sink.until(() => reportArrived);
  recordBusinessEvent("shop.sold");
  const ended = shutdown({ timeoutMs: 60_000 });
  await sink.until(({ events }) => events.length === 2);
  answerReport();
  expect(await ended).toBe(true);
  expect(sink.reports).toMatchObject([{ lastSeq: 2, dropped: 0 }]);
});

describe("a worker that dies", () => {
  const trigger = (): string => join(folder, "die");

  /** The real worker, which dies when the test says so. */
  beforeEach(() => {
    const { workerSource } = workerProgram;
    vi.spyOn(workerProgram, "workerSource", "get").mockReturnValue(
      `${workerSource}
       const { existsSync } = require("node:fs");
       setInterval(() => {
         if (existsSync(${JSON.stringify(trigger())})) throw new Error("out of luck");
       }, 5);`,
    );
  });
  afterEach(() => void vi.restoreAllMocks());

  it("answers the flush that waits for it through the sender that takes over, with the same ids", async () => {
    const idsOf = ({ seq, eventId, spanId, traceId }: ReceivedEvent) => [seq, eventId, spanId, traceId];
    let ofTheDead: unknown[] = [];
    sink.misbehave = (request, response) => {
      if (businessEventsStatus().sending === "in-process") return false;
      ofTheDead = request.events.map(idsOf);
      response.writeHead(503, { "retry-after": "0" }).end();
      return true;
    };
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
    for (let i = 0; i < 3000; i += 1) recordBusinessEvent("shop.sold", { i });
    const flushed = flush({ timeoutMs: 60_000 });
    await sink.until(({ seen }) => seen > 0);
    writeFileSync(trigger(), "");
    expect(await flushed).toBe(true);
    expect(businessEventsStatus()).toMatchObject({ sending: "in-process", sent: 3000, pending: 0 });
    expect(sink.eventIds.size).toBe(3000);
    expect(sink.events).toHaveLength(3000);
    const arrived = new Map(sink.events.map((event) => [event.seq, idsOf(event)]));
    expect(ofTheDead.length).toBeGreaterThan(0);
    for (const ids of ofTheDead as [number, ...unknown[]][]) expect(arrived.get(ids[0])).toEqual(ids);
  });

  it("leaves what it had put on the disk to the same source", async () => {
    sink.misbehave = (_request, response) => {
      if (businessEventsStatus().sending === "in-process") return false;
      response.writeHead(503, { "retry-after": "0" }).end();
      return true;
    };
    const spoolDirectory = join(folder, "spool");
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5, spoolDirectory });
    for (let i = 0; i < 3000; i += 1) recordBusinessEvent("shop.sold", { i });
    await sink.until(() => businessEventsStatus().spooledSeq === 3000);
    expect(businessEventsStatus().sending).toBe("worker");
    writeFileSync(trigger(), "");
    await sink.until(() => businessEventsStatus().sending === "in-process");
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    expect(businessEventsStatus()).toMatchObject({ sending: "in-process", sent: 3000, pending: 0, refused: 0 });
    expect(sink.events).toHaveLength(3000);
    expect(new Set(sink.events.map(({ sourceId }) => sourceId)).size).toBe(1);
    recordBusinessEvent("shop.closed");
    expect(await shutdown()).toBe(true);
    expect(sink.events).toHaveLength(3001);
  });
});

it("a sender that was replaced takes nothing more, and gives no memory back", async () => {
  const control = createControlBlock();
  const { settings } = resolveConfig({ endpoint: sink.url, batchDelayMs: 1 }, {});
  const queue = new EventQueue(1024 * 1024);
  const writer = new EventWriter();
  const chunk = queue.advance()!;
  writer.aim(chunk);
  const record = (seq: number): void => {
    const end = writer.write(
      queue.position,
      planEvent("shop.sold"),
      seq,
      1_766_650_000_000,
      undefined,
      undefined,
      {},
      {},
    );
    queue.commit(chunk, end);
  };
  const { sourceId } = settings.identity;
  const open = (number: number): Sender => {
    const sender = new Sender(() => undefined);
    sender.announce({ settings, control: control.memory, number, chunks: queue.unreleased }, true);
    return sender;
  };
  Atomics.store(control.words, controlWord.sender, 1);
  record(1);
  const senders = [open(1)] as Sender[];
  await senders[0]!.flush(sourceId, 1);
  // The second goes on behind what the first has settled, while the first still runs.
  Atomics.store(control.words, controlWord.sender, 2);
  senders.push(open(2));
  record(2);
  senders[0]!.wake(sourceId);
  expect(sink.events).toHaveLength(1);
  await senders[1]!.flush(sourceId, 2);
  senders[0]!.wake(sourceId);
  expect(sink.events.map(({ seq }) => seq)).toEqual([1, 2]);
  // The second sleeps now, and only its own wake-up may say otherwise.
  await sink.until(() => Atomics.load(control.words, controlWord.asleep) === 1);
  senders[0]!.wake(sourceId);
  expect(Atomics.load(control.words, controlWord.asleep)).toBe(1);
  // Replaced between its looks at the memory and at its number.
  let current = true;
  const backlog = new MemoryBacklog(() => current);
  for (const shared of queue.unreleased) backlog.addChunk(shared);
  record(3);
  current = false;
  expect(backlog.take(10, 1e9)).toBeNull();
  for (const sender of senders) sender.close();
});

it.each(["natural", "exit", "throw"])("a worker thread of the product ends: %s", async (how) => {
  const end = await runProduct("in-thread", { endpoint: sink.url, args: [how] });
  expect(end.code).toBe(how === "throw" ? 1 : 0);
  expect(sink.eventIds.size).toBe(100);
  expect(sink.reports.at(-1)).toMatchObject({ lastSeq: 100, dropped: 0 });
});
