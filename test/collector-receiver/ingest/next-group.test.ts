import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { NextGroup } from "../../../collector-receiver/src/ingest/next-group.ts";

/** How long the group waited, and whether it waits still. */
function watch(promise: Promise<void>): { readonly done: boolean } {
  const state = { done: false };
  void promise.then(() => {
    state.done = true;
  });
  return state;
}

/** Longer than any wait may take. */
const hour = 3_600_000;

test("those that were answered are waited for, all but an eighth of them", async () => {
  const next = new NextGroup();
  const group = watch(next.gather(60, 60, 4, hour));
  next.arrived(55);
  await sleep(0);
  expect(group.done).toBe(false);
  next.arrived(56);
  await sleep(0);
  expect(group.done).toBe(true);
});

test.each([
  ["a lone request", 1, 1, 0],
  ["as many as were answered, because they wait already", 3, 6, 40],
  ["a group of 512 events", 60, 512, 0],
])("%s: no request waits", async (_title, answered, events, waiting) => {
  const group = watch(new NextGroup().gather(answered, events, waiting, hour));
  await Promise.resolve();
  await Promise.resolve();
  expect(group.done).toBe(true);
});

test("senders that do not come again are waited for as long as the transaction took, and never longer than 10 ms", async () => {
  const next = new NextGroup();
  const started = performance.now();
  await next.gather(60, 60, 0, 3);
  const short = performance.now() - started;
  await next.gather(60, 60, 0, hour);
  expect(short).toBeGreaterThanOrEqual(2);
  expect(performance.now() - started - short).toBeGreaterThanOrEqual(9);
});

test("two writers: while one waits for its next group, the other goes on at once", async () => {
  const next = new NextGroup();
  const first = watch(next.gather(60, 60, 0, hour));
  const second = watch(next.gather(60, 60, 0, hour));
  await Promise.resolve();
  await Promise.resolve();
  expect([first.done, second.done]).toEqual([false, true]);
});
