/** A spool that somebody else has his hands in: other threads and processes, an operator, a bad disk. */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { SourceIdentity } from "../../sdk/src/sending/source-identity.ts";
import { FolderGoneError } from "../../sdk/src/spool/segment-writer.ts";
import { SpoolBacklog } from "../../sdk/src/spool/spool-backlog.ts";
import { adoptFolders, createFolder, type FolderOwner } from "../../sdk/src/spool/spool-folder.ts";
import { recordIntoMemory } from "./record-into-memory.ts";
import { useFolder, useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";

let sink: OtlpSink;
let spool: string;
useFolder((made) => (spool = made));
useSink((started) => (sink = started), 10_000);
afterEach(() => {
  vi.useRealTimers();
});

const sourceId = "7d9c1f0e-8f57-4f0b-9a4e-0d6a3b1c2e5f";
const identity: SourceIdentity = { sourceId, signal: "traces", resource: {}, sdkVersion: "0" };

/** A folder as another process has left it. */
function leaveFolder(owner: Partial<FolderOwner>): string {
  const made = createFolder(spool, identity);
  const file = join(made, "owner.json");
  const complete = { ...(JSON.parse(readFileSync(file, "utf8")) as FolderOwner), ...owner };
  writeFileSync(file, JSON.stringify(complete));
  // This thread takes a folder that it made itself for its own; under another name it is somebody else's.
  const folder = join(spool, `${sourceId}.1-1`);
  renameSync(made, folder);
  return folder;
}

const adoptedIds = (): string[] => adoptFolders(spool).map((adopted) => adopted.identity.sourceId);

describe("the folder", () => {
  it("of another thread of this process stays its own", async () => {
    createFolder(spool, identity);
    const module = new URL("../../sdk/src/spool/spool-folder.ts", import.meta.url).href;
    const worker = new Worker(
      `import(${JSON.stringify(module)}).then(({ adoptFolders }) =>
         require("node:worker_threads").parentPort.postMessage(adoptFolders(${JSON.stringify(spool)})));`,
      { eval: true },
    );
    const adopted = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    expect(adopted).toEqual([]);
    await worker.terminate();
  });

  it("of an earlier process with the same id is adopted", () => {
    leaveFolder({ startedAt: 1 });
    expect(adoptedIds()).toEqual([sourceId]);
  });

  it("of a living process is not adopted, until nobody has touched it for a minute of our own time", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const folder = leaveFolder({ pid: process.ppid });
    // As after a night in which the machine was suspended.
    const touch = (ms: number): void => utimesSync(join(folder, "owner.json"), new Date(ms), new Date(ms));
    touch(1_700_000_000_000);
    expect(adoptedIds()).toEqual([]);
    vi.advanceTimersByTime(50_000);
    expect(adoptedIds()).toEqual([]);
    touch(1_700_000_010_000);
    vi.advanceTimersByTime(50_000);
    expect(adoptedIds()).toEqual([]);
    vi.advanceTimersByTime(61_000);
    expect(adoptedIds()).toEqual([sourceId]);
  });

  it("of another host is adopted when nobody has touched it for a minute", () => {
    const folder = leaveFolder({ host: "another-host" });
    expect(adoptedIds()).toEqual([]);
    utimesSync(join(folder, "owner.json"), new Date(), new Date(Date.now() - 61_000));
    expect(adoptedIds()).toEqual([sourceId]);
  });
});

it("a process whose folder was taken over loses nothing that it writes at that moment", () => {
  const folder = createFolder(spool, identity);
  const mine = new SpoolBacklog(folder);
  const memory = recordIntoMemory(300);
  mine.append(memory.take(100, 1e9)!);
  const taken = `${folder}.taken`;
  renameSync(folder, taken);
  // Nobody says whether the other has seen it: whoever wrote it sends it too, under the same ids.
  expect(() => mine.append(memory.take(100, 1e9)!)).toThrow(FolderGoneError);
  expect(new SpoolBacklog(taken).count(1000)).toBe(200);
  // The first hundred are the other's now.
  expect(mine.unreadable).toBe(100);
  expect(mine.isEmpty).toBe(true);
  mine.close();
});

it("what is settled of a folder that is gone changes nothing in the one that took its place", () => {
  const mine = new SpoolBacklog(createFolder(spool, identity));
  mine.append(recordIntoMemory(300).take(300, 1e9)!);
  const [first] = [mine.take(100, 1e9)!, mine.take(100, 1e9)!];
  rmSync(mine.folder, { recursive: true });
  mine.abandon();
  expect(mine.unreadable).toBe(100);
  const folder = createFolder(spool, identity);
  mine.settle(first);
  expect(readdirSync(folder)).toEqual(["owner.json"]);
});

describe.each([true, false])("in the middle of an outage (in process: %s)", (inProcess) => {
  async function fillSpool(count: number): Promise<string> {
    sink.misbehave = (_request, response) => {
      response.writeHead(503, { "retry-after": "0" }).end();
      return true;
    };
    startBusinessEvents({ endpoint: sink.url, spoolDirectory: spool, batchDelayMs: 5, inProcess });
    for (let i = 0; i < count; i += 1) recordBusinessEvent("shop.sold", { i });
    await sink.until(({ seen }) => seen > 0 && businessEventsStatus().spooledSeq === count);
    return join(spool, readdirSync(spool)[0]!);
  }

  /** Every event either arrived, once, or is counted as dropped; and what comes then arrives as ever. */
  async function expectAllAccountedFor(count: number): Promise<void> {
    sink.misbehave = null;
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    for (let i = 0; i < 10; i += 1) recordBusinessEvent("shop.late", { i });
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    const { sent, refused, pending, sending } = businessEventsStatus();
    expect(sink.eventIds.size).toBe(sent);
    expect(sink.events).toHaveLength(sent);
    expect({ all: sent + refused, pending, sending }).toEqual({
      all: count + 10,
      pending: 0,
      sending: inProcess ? "in-process" : "worker",
    });
    // A batch was on its way, in memory.
    expect(sent).toBeGreaterThanOrEqual(10 + 512);
    expect(refused).toBeGreaterThan(0);
    expect(sink.events.filter(({ name }) => name === "shop.late")).toHaveLength(10);
    await shutdown();
    expect(sink.reports.at(-1)).toMatchObject({ lastSeq: count + 10, dropped: refused });
  }

  it("an operator removes the folder", async () => {
    const folder = await fillSpool(3000);
    rmSync(folder, { recursive: true });
    await expectAllAccountedFor(3000);
  });

  it("an operator removes the folder, and the next one is used", async () => {
    const folder = await fillSpool(600);
    rmSync(folder, { recursive: true });
    let recorded = 600;
    while (readdirSync(spool).length === 0) {
      recordBusinessEvent("shop.late", { i: (recorded += 1) });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await sink.until(() => businessEventsStatus().spooledSeq === recorded);
    sink.misbehave = null;
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    expect(sink.events.filter(({ name }) => name === "shop.late")).toHaveLength(recorded - 600);
    await shutdown();
    expect(readdirSync(spool)).toEqual([]);
  });

  it("a file is damaged", async () => {
    const folder = await fillSpool(3000);
    const [segment] = readdirSync(folder).filter((name) => name.endsWith(".seg"));
    const file = openSync(join(folder, segment!), "r+");
    writeSync(file, "bit rot", Math.floor(fstatSync(file).size / 2));
    closeSync(file);
    await expectAllAccountedFor(3000);
    expect(existsSync(folder)).toBe(false);
  });
});
