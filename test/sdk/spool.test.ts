/** Events on disk: they outlive the process, and an outage that memory could not hold. */
import { appendFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32, crc32ByTable, decodeFrames } from "../../sdk/src/spool/segment-frames.ts";
import { SpoolBacklog } from "../../sdk/src/spool/spool-backlog.ts";
import { recordIntoMemory } from "./record-into-memory.ts";
import { useFolder, useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { RunningProduct, runProduct } from "./run-product.ts";

let sink: OtlpSink;
let spool: string;
useFolder((made) => (spool = made));
useSink((started) => (sink = started), 10_000);

describe("segments", () => {
  it("have the CRC-32 that zlib has", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => crc32ByTable(bytes) === crc32(bytes)));
    expect(crc32ByTable(Buffer.from("123456789"))).toBe(0xcbf4_3926);
  });

  it("give back what was appended, whatever happens to their end", () => {
    const backlog = new SpoolBacklog(spool);
    const memory = recordIntoMemory(300);
    backlog.append(memory.take(100, 1e9)!);
    backlog.append(memory.take(200, 1e9)!);
    backlog.close();
    const [name] = readdirSync(spool).filter((file) => file.endsWith(".seg"));
    // A process that died within a write.
    appendFileSync(join(spool, name!), Buffer.from([96, 0, 0, 0, 1, 2, 3, 4, 5]));
    const again = new SpoolBacklog(spool);
    expect(again.count(1000)).toBe(300);
    const seqs: number[] = [];
    for (let batch = again.take(64, 1e9); batch !== null; batch = again.take(64, 1e9)) {
      for (let seq = batch.firstSeq; seq <= batch.lastSeq; seq += 1) seqs.push(seq);
      again.settle(batch);
    }
    expect(seqs).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
    expect(readdirSync(spool).filter((file) => file.endsWith(".seg"))).toEqual([]);
    again.close();
  });

  it("continue behind what was settled, also when batches are settled out of order", () => {
    const backlog = new SpoolBacklog(spool);
    backlog.append(recordIntoMemory(500).take(500, 1e9)!);
    const first = backlog.take(100, 1e9)!;
    const second = backlog.take(100, 1e9)!;
    backlog.settle(second);
    const before = new SpoolBacklog(spool);
    expect(before.count(1000)).toBe(500);
    expect(before.take(1, 1e9)!.firstSeq).toBe(1);
    backlog.settle(first);
    const behind = new SpoolBacklog(spool);
    expect(behind.count(1000)).toBe(300);
    expect(behind.take(1, 1e9)!.firstSeq).toBe(201);
    backlog.close();
  });

  it("know how far fsync has reached, also behind a segment that is full", async () => {
    const backlog = new SpoolBacklog(spool);
    expect(backlog.syncedSeq).toBe(0);
    const memory = recordIntoMemory(100_000);
    const first = memory.take(100, 1e9)!;
    backlog.append(first);
    expect(backlog.syncedSeq).toBe(0);
    // By its own timer.
    while (backlog.syncedSeq === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(backlog.syncedSeq).toBe(100);
    let written = 100;
    let segments = 1;
    while (segments === 1) {
      const before = written;
      const batch = memory.take(5000, 1e9)!;
      backlog.append(batch);
      written = batch.lastSeq;
      segments = readdirSync(spool).filter((file) => file.endsWith(".seg")).length;
      if (segments === 2) expect(backlog.syncedSeq).toBe(before);
    }
    backlog.sync();
    expect(backlog.syncedSeq).toBe(written);
    backlog.close();
  });

  it("are read without error whatever is in them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { offsets, length } = decodeFrames(bytes);
        expect(length).toBeLessThanOrEqual(bytes.length);
        expect(offsets.length).toBeLessThan(bytes.length / 8 + 1);
      }),
    );
  });
});

/** What a product of `under-load.ts` says of itself. */
interface UnderLoadStatus {
  readonly sent: number;
  readonly spooledSeq: number;
  readonly syncedSeq: number;
}

describe("with a spool", () => {
  it("a product that is killed over and over under load loses nothing that was written", async () => {
    const rounds = 6;
    const env = { SPANLEDGER_SPOOL_DIR: spool };
    let recorded = 0;
    const unsynced: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // In every second round the receiver takes nothing.
      sink.misbehave =
        round % 2 === 0
          ? null
          : (_request, response) => {
              response.writeHead(503, { "retry-after": "1" }).end();
              return true;
            };
      const product = new RunningProduct("under-load", { endpoint: sink.url, env, args: [String(round)] });
      await product.printed("ready");
      // Until its worker has written something: on a busy machine it may rest between folder and file.
      while (!/"spooledSeq":[1-9]/.test(product.stderr)) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 60 + round * 40));
      product.kill("SIGKILL");
      const { stdout, stderr } = await product.ended;
      const lastWords = JSON.parse(stderr.match(/\{.*\}(?=\n)/g)!.at(-1)!) as UnderLoadStatus;
      expect(lastWords.syncedSeq).toBeLessThanOrEqual(lastWords.spooledSeq);
      // What the receiver has taken no power failure can undo.
      unsynced.push(Math.max(0, lastWords.spooledSeq - Math.max(lastWords.syncedSeq, lastWords.sent)));
      recorded += Number(stdout.trimEnd().split("\n").at(-1)) || 0;
    }
    sink.misbehave = null;
    expect(await runProduct("drain", { endpoint: sink.url, env })).toMatchObject({ code: 0 });

    const bySource = Map.groupBy(sink.events, ({ sourceId }) => sourceId);
    expect(bySource.size).toBe(rounds);
    let arrived = 0;
    for (const events of bySource.values()) {
      const seqs = new Set(events.map(({ seq }) => seq));
      // Without a gap: what is missing is the very end, which had not been written yet.
      expect(Math.max(...seqs)).toBe(seqs.size);
      // What was delivered again carries the same id, so that it counts once.
      expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(seqs.size);
      arrived += seqs.size;
    }
    const again = sink.events.length - arrived;
    console.info(
      `kill -9, ${rounds} times: ${arrived} of ${recorded} events arrived; ${recorded - arrived} were ` +
        `recorded after the last write; ${again} were delivered again under the same id; written, but ` +
        `not reached by fsync yet at the kills, which a power failure would cost: ${unsynced.join(", ")}`,
    );
    expect(arrived).toBeGreaterThan(0);
    // What a kill in the middle of a removal leaves is hidden and empty.
    expect(readdirSync(spool).filter((folder) => !folder.startsWith("."))).toEqual([]);
  });

  it("an outage holds more than memory could", async () => {
    sink.misbehave = (_request, response) => {
      response.writeHead(503, { "retry-after": "0" }).end();
      return true;
    };
    const start = (): unknown =>
      startBusinessEvents({
        endpoint: sink.url,
        spoolDirectory: spool,
        batchDelayMs: 10,
        maxQueueBytes: 2 * 1024 * 1024,
      });
    start();
    for (let i = 0; i < 20_000; i += 1) {
      recordBusinessEvent("shop.sold", { i, text: "x".repeat(200) });
      // Memory holds a quarter of them: the worker has to keep pace, once it has begun.
      if (i === 0) await sink.until(({ seen }) => seen > 0);
      if (i % 500 === 499) await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(businessEventsStatus()).toMatchObject({ recorded: 20_000, dropped: 0, sent: 0 });
    sink.misbehave = null;
    expect(await flush({ timeoutMs: 50_000 })).toBe(true);
    expect(sink.eventIds.size).toBe(20_000);
    expect(sink.events).toHaveLength(20_000);
    await shutdown();
    expect(readdirSync(spool)).toEqual([]);
  });

  it("keeps the sending identity of a dead process: its source, its seq, its resource, its signal", async () => {
    sink.misbehave = () => true;
    const product = new RunningProduct("under-load", {
      endpoint: sink.url,
      env: { SPANLEDGER_SPOOL_DIR: spool, OTEL_SERVICE_NAME: "the-dead-one" },
    });
    await product.printed("100\n");
    await sink.until(({ seen }) => seen > 0);
    product.kill("SIGKILL");
    await product.ended;
    const [deadSource] = readdirSync(spool);
    sink.misbehave = null;
    startBusinessEvents({
      endpoint: sink.url,
      spoolDirectory: spool,
      serviceName: "the-living-one",
      emit: "log-record",
      batchDelayMs: 5,
    });
    recordBusinessEvent("shop.opened");
    await sink.until(({ events }) => new Set(events.map(({ sourceId }) => sourceId)).size === 2);
    await flush();
    const dead = sink.events.filter(({ sourceId }) => sourceId === deadSource);
    expect(dead[0]).toMatchObject({
      signal: "traces",
      seq: 1,
      resource: { "service.name": "the-dead-one" },
    });
    const living = sink.events.find(({ name }) => name === "shop.opened");
    expect(living).toMatchObject({ signal: "logs", seq: 1, resource: { "service.name": "the-living-one" } });
  });

  it("leaves the folder of a living process alone, and what is not ours", async () => {
    const product = new RunningProduct("under-load", {
      endpoint: sink.url,
      env: { SPANLEDGER_SPOOL_DIR: spool },
    });
    await product.printed("100\n");
    mkdirSync(join(spool, "somebody-elses"));
    startBusinessEvents({ endpoint: sink.url, spoolDirectory: spool, batchDelayMs: 5 });
    recordBusinessEvent("shop.opened");
    await flush();
    product.kill("SIGTERM");
    await product.ended;
    await shutdown();
    expect(readdirSync(spool)).toEqual(["somebody-elses"]);
    for (const events of Map.groupBy(sink.events, ({ sourceId }) => sourceId).values()) {
      expect(events).toHaveLength(new Set(events.map(({ seq }) => seq)).size);
    }
  });

  it("falls back to memory where the disk refuses", async () => {
    const file = join(spool, "no-folder");
    writeFileSync(file, "");
    startBusinessEvents({ endpoint: sink.url, spoolDirectory: file, batchDelayMs: 5 });
    for (let i = 0; i < 2000; i += 1) recordBusinessEvent("shop.sold", { i });
    expect(await flush()).toBe(true);
    expect(sink.eventIds.size).toBe(2000);
  });

  it("is bounded: beyond it events wait in memory", async () => {
    sink.misbehave = (_request, response) => {
      response.writeHead(503, { "retry-after": "0" }).end();
      return true;
    };
    startBusinessEvents({ endpoint: sink.url, spoolDirectory: spool, maxSpoolBytes: 100_000, batchDelayMs: 5 });
    for (let i = 0; i < 5000; i += 1) recordBusinessEvent("shop.sold", { i });
    await sink.until(({ requests }) => requests.length > 1);
    const bytes = readdirSync(spool)
      .flatMap((folder) => readdirSync(join(spool, folder)).map((file) => join(spool, folder, file)))
      .reduce((sum, file) => sum + statSync(file).size, 0);
    // All of them would need five times that; the last batch may cross the limit.
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(200_000);
    sink.misbehave = null;
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    expect(sink.eventIds.size).toBe(5000);
    expect(businessEventsStatus()).toMatchObject({ dropped: 0, pending: 0 });
  });
});
