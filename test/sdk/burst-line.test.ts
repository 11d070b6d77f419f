import { expect, test, vi } from "vitest";
import { BurstLine } from "../../sdk/src/burst-line.ts";

/** What was lost, and each line about it. */
function watchLosses() {
  const lines: string[] = [];
  const losses = { count: 0, lines };
  const line = new BurstLine(
    () => losses.count,
    (count, occasion) => lines.push(`${count} after ${occasion}`),
  );
  return { losses, line };
}

const waiting = { timeout: 20_000, interval: 50 };

test("says a burst once it is over, and at the exit nothing more", async () => {
  const { losses, line } = watchLosses();
  for (losses.count = 1; losses.count < 5; losses.count += 1) line.attend();
  await vi.waitFor(() => expect(losses.lines).toEqual(["5 after a burst"]), waiting);
  line.attend();
  line.sayAtExit();
  expect(losses.lines).toHaveLength(1);
});

test("says the whole number at the exit, since lines about later bursts may have been held back", async () => {
  const { losses, line } = watchLosses();
  for (const count of [2, 7]) {
    losses.count = count;
    line.attend();
    await vi.waitFor(() => expect(losses.lines.at(-1)).toBe(`${count} after a burst`), waiting);
  }
  line.sayAtExit();
  expect(losses.lines).toEqual(["2 after a burst", "7 after a burst", "7 after the exit"]);
});

test("says nothing if nothing is lost, and at the exit what no timer has said", async () => {
  const { losses, line } = watchLosses();
  const later = watchLosses();
  line.attend();
  later.losses.count = 1;
  later.line.attend();
  await vi.waitFor(() => expect(later.losses.lines).toHaveLength(1), waiting);
  line.sayAtExit();
  expect(losses.lines).toEqual([]);
  losses.count = 3;
  line.attend();
  line.sayAtExit();
  expect(losses.lines).toEqual(["3 after the exit"]);
});
