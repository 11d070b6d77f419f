import { getPriority } from "node:os";
import { onTestFinished, expect, test, vi } from "vitest";
import { AskedThread, ThreadEndedError } from "../../../collector-receiver/src/threads/asked-thread.ts";

interface Answer {
  readonly thread: number;
  readonly asked: number;
  readonly data: unknown;
  readonly priority: number;
}

function startThread(options: { readonly idleMs?: number } = {}) {
  const notes: string[] = [];
  const thread = new AskedThread<string, Answer, string>({
    file: new URL("counting-program.ts", import.meta.url),
    name: "counting",
    data: "the data",
    limits: { maxOldGenerationSizeMb: 32 },
    onNote: (note) => notes.push(note),
    ...options,
  });
  onTestFinished(() => thread.end());
  return { thread, notes };
}

test("one thread answers questions, each with its own answer or failure, and hears what it is told", async () => {
  const { thread, notes } = startThread();
  // It does not run yet.
  thread.tell("nothing");
  const [first, failed, silent, last] = await Promise.allSettled(
    ["ask", "throw", "panic", "ask"].map((question) => thread.ask(question)),
  );
  expect(first).toMatchObject({ value: { asked: 1, data: "the data" } });
  expect(failed).toMatchObject({ reason: { message: "this question has no answer" } });
  expect(silent).toMatchObject({ reason: { message: "it failed and did not say why" } });
  expect(last).toMatchObject({ value: { asked: 4 } });
  thread.tell("to rest");
  await vi.waitFor(() => expect(notes).toEqual(["told to rest"]));
});

test.runIf(process.platform === "linux")("the thread gives way to the one that asks", async () => {
  const { priority } = await startThread().thread.ask("ask");
  expect(priority).toBe(Math.min(getPriority() + 10, 19));
});

test.each([
  ["end", undefined],
  ["exhaust", { code: "ERR_WORKER_OUT_OF_MEMORY" }],
])("a thread that ends (%s) fails all that wait, and the next question starts another", async (how, cause) => {
  const { thread } = startThread();
  const { thread: id } = await thread.ask("ask");
  const waiting = [thread.ask("wait"), thread.ask(how)].map((asked) => asked.catch((error: unknown) => error));
  for (const error of await Promise.all(waiting)) {
    expect(error).toBeInstanceOf(ThreadEndedError);
    if (cause === undefined) expect((error as Error).cause).toBeUndefined();
    else expect((error as Error).cause).toMatchObject(cause);
  }
  const next = await thread.ask("ask");
  expect(next.thread).not.toBe(id);
  expect(next.asked).toBe(1);
});

test("a question that comes while the thread is being ended starts another", async () => {
  const { thread } = startThread();
  const { thread: id } = await thread.ask("ask");
  const ended = thread.end();
  expect((await thread.ask("ask")).thread).not.toBe(id);
  await ended;
});

test("a thread that nobody asks ends, but not while somebody waits", async () => {
  const { thread } = startThread({ idleMs: 200 });
  const { thread: id } = await thread.ask("ask");
  // Another question in the meantime begins the wait anew.
  expect((await thread.ask("ask")).thread).toBe(id);
  await vi.waitFor(async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await thread.ask("ask")).thread).not.toBe(id);
  }, 20_000);
  const waiting = thread.ask("wait").catch((error: unknown) => error);
  const { thread: later } = await thread.ask("ask");
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect((await thread.ask("ask")).thread).toBe(later);
  await thread.end();
  expect(await waiting).toBeInstanceOf(ThreadEndedError);
});
