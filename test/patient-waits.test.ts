import { expect, test, vi } from "vitest";

test.concurrent.each([
  ["waitFor", async (isDone: () => boolean) => vi.waitFor(() => expect(isDone()).toBe(true))],
  ["waitUntil", async (isDone: () => boolean) => vi.waitUntil(isDone, { interval: 20 })],
  ["expect.poll", async (isDone: () => boolean) => await expect.poll(isDone).toBe(true)],
])("%s waits longer than the second that Vitest gives it", async (_, wait) => {
  const started = performance.now();
  await wait(() => performance.now() - started > 1500);
});
