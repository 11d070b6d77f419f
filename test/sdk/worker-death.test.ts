import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { expect, it, vi } from "vitest";
import { OtlpSink } from "./otlp-sink.ts";

vi.mock(import("../../sdk/src/sending/worker-source.ts"), () => ({
  workerSource: "setTimeout(() => { throw new Error('out of luck'); }, 50);",
}));

it("goes on in the product's own thread when the worker dies, with the events that it had", async () => {
  const sink = await OtlpSink.start();
  startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
  for (let i = 0; i < 5000; i += 1) recordBusinessEvent("shop.sold", { i });
  expect(businessEventsStatus().sending).toBe("worker");
  await sink.until(({ eventIds }) => eventIds.size === 5000);
  recordBusinessEvent("shop.closed");
  expect(await flush()).toBe(true);
  expect(businessEventsStatus()).toMatchObject({ sending: "in-process", sent: 5001, pending: 0, dropped: 0 });
  expect(sink.events).toHaveLength(5001);
  await shutdown();
  await sink.stop();
});
