/** Threads of the product, by worker_threads and by piscina: each end is the one without the SDK, and nothing is lost. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectSameEnd, type Surroundings } from "./compare-ends.ts";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { describeProduct } from "./describe-product.ts";
import { RunningProduct, type ProductEnd } from "./run-product.ts";
import { printSupport, rowsOf, type End } from "./support-matrix.ts";

/** The events of each source are numbered from 1 without a gap; returns how many each has. */
function expectWhole(events: OtlpSink["events"]): number[] {
  const seqs = new Map<string, number[]>();
  for (const { sourceId, seq } of events) seqs.set(sourceId, [...(seqs.get(sourceId) ?? []), seq]);
  for (const of of seqs.values()) expect(of.toSorted((a, b) => a - b)).toEqual(Array.from(of, (_, i) => i + 1));
  return [...seqs.values()].map(({ length }) => length).toSorted((a, b) => a - b);
}

/** The same, and the receiver knows from the last report of each source that this is all. */
function expectReported({ events, reports }: OtlpSink): number[] {
  for (const sourceId of new Set(events.map((event) => event.sourceId))) {
    const lastSeq = events.filter((event) => event.sourceId === sourceId).length;
    expect(reports.findLast((report) => report.sourceId === sourceId)).toMatchObject({ lastSeq, dropped: 0 });
  }
  return expectWhole(events);
}

/** Stacks name other lines, because the SDK is imported in one of the two. */
const withoutStack = (text: string): string => text.replaceAll(/^\s+at .*\n/gm, "");

function expectSame(end: ProductEnd, without: ProductEnd): void {
  const outcome = ({ code, signal, stdout, stderr }: ProductEnd) => ({
    code,
    signal,
    stdout,
    stderr: withoutStack(stderr),
  });
  expect(outcome(end)).toEqual(outcome(without));
}

await describeProduct("threads", (laidOut) => {
  let sink: OtlpSink;
  useSink((started) => (sink = started));

  async function run(
    file: string,
    how: string,
    sdk: "with" | "without",
    surroundings: Partial<Surroundings> = {},
  ): Promise<ProductEnd> {
    const product = new RunningProduct("", {
      file: join(laidOut.folder, file),
      cwd: laidOut.folder,
      args: [how, sdk],
      endpoint: sink.url,
      ...surroundings,
    });
    const isSignal = how === "signal";
    // Not all of them say so.
    await Promise.race([product.printed("ending"), product.ended]).catch(() => undefined);
    product.asked();
    if (isSignal) product.kill("SIGTERM");
    return product.ended;
  }

  /** Which story ends in which way, and how many events it records. */
  const stories: Readonly<Record<string, Readonly<Record<End, readonly [how: string, events: number]>>>> = {
    "main.mjs": {
      natural: ["terminate", 100],
      exit: ["main-exit", 207],
      throw: ["main-throw", 100],
      SIGTERM: ["signal", 100],
    },
    "pool.mjs": { natural: ["destroy", 201], exit: ["exit", 200], throw: ["throw", 200], SIGTERM: ["signal", 201] },
  };

  it.each(rowsOf("threads"))("$name: with the receiver up and away, in time", async (row) => {
    for (const [how, events] of row.ends.map((end) => stories[row.key]![end])) {
      const received = await expectSameEnd({
        events,
        run: (sdk, surroundings) => run(row.key, how, sdk, surroundings),
      });
      expectWhole(received);
    }
    printSupport(row);
  });

  describe.each([
    ["natural", [100]],
    ["thread-exit", [100]],
    ["thread-throw", [100]],
    ["main-blocked", [100]],
    ["unref", [100]],
    ["unstarted", [100]],
    ["thread-first-unstarted", [200]],
    ["thread-flush", [300]],
    ["nested", [100, 100]],
    ["copies", [103]],
    ["main-shutdown", [2, 200]],
    ["main-restart", [1, 100]],
  ])("worker_threads: %s", (how, sources) => {
    it("ends as without the SDK, and every event arrives once", async () => {
      expectSame(await run("main.mjs", how, "with"), await run("main.mjs", how, "without"));
      expect(expectReported(sink)).toEqual(sources);
    });
  });

  it.each([
    ["close", 201],
    ["idle", 401],
    ["abort", 402],
    ["task-throws", 203],
    ["shutdown", 401],
  ])("piscina, %s: ends as without the SDK, and every event arrives once", async (how, count) => {
    expectSame(await run("pool.mjs", how, "with"), await run("pool.mjs", how, "without"));
    expect(expectReported(sink).reduce((sum, of) => sum + of, 0)).toBe(count);
  });

  const lineOf = ({ stderr }: ProductEnd): string[] => stderr.split("\n").filter((line) => line !== "");

  it.each([
    ["main.mjs", "only-threads", 200],
    // piscina terminates its threads.
    ["pool.mjs", "only-threads-close", 0],
  ])("%s, %s: the threads send by themselves, and one line says so", async (file, how, count) => {
    const without = await run(file, how, "without");
    const end = await run(file, how, "with");
    expect(end).toMatchObject({ code: without.code, stdout: without.stdout });
    const [line, ...others] = lineOf(end);
    expect(line).toMatch(/worker\.terminate\(\) loses what waits\. Call startBusiness/);
    // One for all threads, if they come to hear each other: on a busy machine another may say it too.
    expect(others.filter((other) => other !== line)).toEqual([]);
    expect(expectReported(sink).reduce((sum, of) => sum + of, 0)).toBe(count);
  });

  it("only threads start the SDK: terminate() loses the events that wait, and one line says so", async () => {
    const end = await run("main.mjs", "only-threads-terminate", "with");
    expect(end.code).toBe(0);
    expect(lineOf(end)).toEqual([expect.stringMatching(/worker\.terminate\(\) loses what waits/)]);
    expect(sink.events).toEqual([]);
  });

  it.each([
    ["thread-first", 200],
    ["asks", 100],
  ])("a thread that was there before the main thread's SDK goes over to its sender: %s", async (how, count) => {
    const end = await run("main.mjs", how, "with");
    expect(end).toMatchObject({ code: 0, stdout: "" });
    expect(expectReported(sink)).toEqual([count]);
  });

  it("events of threads are not sent past the main thread's beforeSend, and a line says what to do", async () => {
    const end = await run("main.mjs", "unstarted-private", "with");
    expect(end).toMatchObject({ code: 0, stdout: "" });
    expect(lineOf(end)).toEqual([expect.stringMatching(/100 business events are lost: .*beforeSend.*in this thread/)]);
    expect(sink.events).toEqual([]);
  });

  it("ended threads leave no more than one queue holds, and the receiver hears of the rest", async () => {
    let ready = false;
    sink.misbehave = (_request, response) => {
      if (ready) return false;
      response.writeHead(503, { "retry-after": "0" }).end();
      return true;
    };
    const product = new RunningProduct("", {
      file: join(laidOut.folder, "main.mjs"),
      cwd: laidOut.folder,
      args: ["crowd", "with"],
      endpoint: sink.url,
    });
    await product.printed("ending");
    ready = true;
    const end = await product.ended;
    expect(end).toMatchObject({ code: 0, stdout: "ending\n" });
    const lines = lineOf(end).filter((line) => line.includes("worker threads"));
    // The first chunk of a thread has 64 KiB: 16 of them are one queue of 1 MiB.
    const taken = sink.eventIds.size;
    expect(taken).toBeGreaterThanOrEqual(1600);
    expect(taken).toBeLessThan(3000);
    expect(sink.events).toHaveLength(taken);
    const last = new Map(sink.reports.map((report) => [report.sourceId, report]));
    expect([...last.values()].map(({ lastSeq }) => lastSeq)).toEqual(Array(30).fill(100));
    expect([...last.values()].reduce((sum, { dropped }) => sum + dropped, 0)).toBe(3000 - taken);
    expect(lines.at(-1)).toMatch(
      new RegExp(`sdk: ${3000 - taken} business events of worker threads are dropped and counted: .*maxQueueBytes`),
    );
  });

  it("a thread in which nobody starts the SDK records as the main thread does", async () => {
    await run("main.mjs", "unstarted", "with");
    for (const { attributes, resource } of sink.events) {
      expect(attributes).toMatchObject({ site: "s-1" });
      expect(resource).toMatchObject({ "spanledger.tenant": "brand-b" });
    }
  });
});
