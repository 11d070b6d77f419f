/** A product whose globals somebody has replaced or taken away: it starts, its events arrive, and it ends in peace. */
import { expect, it } from "vitest";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { runProduct } from "./run-product.ts";

let sink: OtlpSink;
useSink((started) => (sink = started));

it.each([
  "Buffer",
  "URL",
  "performance",
  "structuredClone",
  "all that jsdom lacks",
  "Promise",
  "a clock that throws",
  "a clock of bigints",
  "a clock without a time",
  "a clock beyond all dates",
])("%s", async (replaced) => {
  const before = Date.now();
  const end = await runProduct("replaced", { endpoint: sink.url, args: [replaced] });
  expect(end).toMatchObject({ code: 0, signal: null, stderr: "" });
  expect(sink.events).toHaveLength(3);
  for (const { timeNanos } of sink.events) {
    const timeMs = Number(timeNanos / 1_000_000n);
    expect(timeMs).toBeGreaterThanOrEqual(before - 1000);
    expect(timeMs).toBeLessThanOrEqual(Date.now() + 1000);
  }
});

it("without Atomics a product runs as it would, without business events, and reads why", async () => {
  const end = await runProduct("replaced", { endpoint: sink.url, args: ["Atomics"] });
  expect(end).toMatchObject({ code: 0, signal: null });
  expect(end.stderr).toMatch(/^@spanledger\/sdk: business events cannot be sent, they are lost: .*Atomics/);
  expect(sink.events).toHaveLength(0);
});

it("what cannot be written however often it is read is dropped and counted, and the call comes back", async () => {
  const end = await runProduct("replaced", { endpoint: sink.url, args: ["Number.isSafeInteger"] });
  expect(end).toMatchObject({ code: 0, signal: null });
  expect(end.stderr).toContain(
    "a business event could not be recorded, it is dropped and counted: Error: broken on purpose",
  );
  expect(sink.events).toHaveLength(0);
  expect(sink.reports.at(-1)).toMatchObject({ lastSeq: 3, dropped: 3 });
});
