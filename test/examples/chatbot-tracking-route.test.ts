/** The chatbot as it is started: its tracking route yields an event whatever becomes of the request. */
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { OtlpSink } from "../sdk/otlp-sink.ts";
import { RunningProduct } from "../sdk/run-product.ts";

let sink: OtlpSink;
beforeEach(async () => {
  sink = await OtlpSink.start();
});
afterEach(() => sink.stop());

it("records what the handler knows, and a request that never reached it as failed", async () => {
  const chatbot = new RunningProduct("", {
    endpoint: sink.url,
    file: join(import.meta.dirname, "../../examples/ai-chatbot/src/main.ts"),
    nodeArgs: ["--conditions=spanledger-source"],
    env: { PORT: "0", THINKING_PACE: "0", OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" },
  });
  await chatbot.printed("Server listening at");
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(chatbot.stdout)!;
  const statuses = [];
  for (const path of ["TEST123456?session_id=s-1", "XX00000000", "_?session_id=s-2"]) {
    statuses.push((await fetch(`${url}/api/tracking/${path}`)).status);
  }
  expect(statuses).toEqual([200, 404, 400]);
  chatbot.kill("SIGTERM");
  await chatbot.ended;
  const events = sink.events.toSorted((a, b) => a.seq - b.seq);
  expect(events.map(({ name }) => name)).toEqual(Array(3).fill("query.tracking"));
  expect(events.map(({ attributes }) => attributes)).toMatchObject([
    { tracking_number: "TEST123456", session_id: "s-1", carrier: "sandbox", success: true },
    { tracking_number: "XX00000000", success: false, status: "not_found" },
    { tracking_number: "_", session_id: "s-2", success: false, response_time_ms: expect.any(Number) },
  ]);
});
