import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { expect, it } from "vitest";
import { OtlpSink } from "./otlp-sink.ts";

it("goes on in the product's own thread when the worker dies, with the events that it had", async () => {
  const sink = await OtlpSink.start();
  const folder = mkdtempSync(join(tmpdir(), "spanledger-worker-"));
  const workerFile = join(folder, "worker.mjs");
  writeFileSync(workerFile, "setTimeout(() => { throw new Error('out of luck'); }, 50);");
  startBusinessEvents({ endpoint: sink.url, workerFile, batchDelayMs: 5 });
  for (let i = 0; i < 5000; i += 1) recordBusinessEvent("shop.sold", { i });
  expect(businessEventsStatus().sending).toBe("worker");
  await sink.until(({ eventIds }) => eventIds.size === 5000);
  recordBusinessEvent("shop.closed");
  expect(await flush()).toBe(true);
  expect(businessEventsStatus()).toMatchObject({ sending: "in-process", sent: 5001, pending: 0, dropped: 0 });
  expect(sink.events).toHaveLength(5001);
  await shutdown();
  await sink.stop();
  rmSync(folder, { recursive: true });
});
