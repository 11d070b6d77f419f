import { expect, test } from "vitest";
import { countMisdirected } from "../../../collector-receiver/src/operating/count-misdirected.ts";
import { ReceiverMetrics } from "../../../collector-receiver/src/operating/receiver-metrics.ts";

test("each kind is logged at most once a minute, with how many requests came since", async () => {
  const { registry } = new ReceiverMetrics(() => ({ bytes: 0, requests: 0 }), 1);
  const lines: object[] = [];
  let nowMs = 5;
  const note = countMisdirected(registry, { warn: (line: object) => void lines.push(line) }, () => nowMs);
  const sender = { address: "192.0.2.7", path: "/v1/trace" };
  for (let i = 0; i < 3; i++) note("singular_path", sender);
  note("tls", { address: "192.0.2.8" });
  nowMs += 59_999;
  note("singular_path", sender);
  expect(lines).toMatchObject([
    { misdirected: "singular_path", requests: 1, ...sender },
    { misdirected: "tls", requests: 1, address: "192.0.2.8" },
  ]);
  nowMs += 1;
  note("singular_path", { ...sender, path: "/v1/trace".padEnd(1000, "x") });
  expect(lines.slice(2)).toMatchObject([
    { misdirected: "singular_path", requests: 4, path: expect.stringMatching(/^.{200}$/) },
  ]);
  const text = await registry.metrics();
  expect(text).toContain('spanledger_misdirected_requests_total{kind="singular_path"} 5');
  expect(text).toContain('spanledger_misdirected_requests_total{kind="grpc"} 0');
});
