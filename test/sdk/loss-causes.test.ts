/**
 * The ways in which OpenTelemetry JS loses span events, each measured with its own packages before
 * this SDK was written; here each ends with none lost.
 */
import { expect, it } from "vitest";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { runProduct } from "./run-product.ts";

let sink: OtlpSink;
useSink((started) => (sink = started));

it("unsampled and suppressed contexts, 128 events on a span, an ended span, a burst of 20,000", async () => {
  const end = await runProduct("traced", { endpoint: sink.url });
  expect(end).toMatchObject({ code: 0, stderr: "" });
  const byName = Object.fromEntries(
    [...Map.groupBy(sink.events, ({ name }) => name)].map(([name, { length }]) => [name, length]),
  );
  expect(byName).toEqual({
    "lost.unsampled": 10,
    "lost.limit": 200,
    "lost.ended": 10,
    "lost.suppressed": 10,
    "lost.burst": 20_000,
  });
  expect(sink.eventIds.size).toBe(20_230);
  // The trace is kept although it was not sampled, and the carrier itself always is.
  for (const event of sink.events.filter(({ name }) => name === "lost.unsampled")) {
    expect(event.traceId).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(event.flags & 1).toBe(1);
  }
});

it("an exit without shutdown", async () => {
  await runProduct("end", { endpoint: sink.url, args: ["exit", "10"] });
  expect(sink.eventIds.size).toBe(10);
});

it("more failed attempts than OpenTelemetry's exporter makes (five), and status 500 (one)", async () => {
  let failures = 0;
  sink.misbehave = (_request, response) => {
    failures += 1;
    if (failures > 8) return false;
    response.writeHead(failures % 2 === 0 ? 500 : 503, { "retry-after": "0" }).end();
    return true;
  };
  await runProduct("retry", { endpoint: sink.url });
  expect(failures).toBeGreaterThan(8);
  expect(sink.eventIds.size).toBe(10);
  expect(sink.events).toHaveLength(10);
});
