import { expect, test } from "vitest";
import { ReceiverMetrics } from "../../../collector-receiver/src/operating/receiver-metrics.ts";
import { TalliedCounter } from "../../../collector-receiver/src/operating/tallied-counter.ts";

test("amounts are there at each scrape, once, each under its own labels", async () => {
  const { registry } = new ReceiverMetrics(() => ({ bytes: 0, requests: 0 }), 1);
  const requests = new TalliedCounter(registry, "requests", "Requests", ["signal", "outcome"]);
  const events = new TalliedCounter(registry, "events", "Events", []);
  requests.add(0, "logs\naccepted");
  for (let i = 0; i < 3; i++) requests.add(2, "traces\naccepted");
  requests.add(1, "traces\nmalformed");
  events.add(5);
  const lines = async () => (await registry.metrics()).split("\n").filter((line) => /^(requests|events)\b/.test(line));
  const expected = [
    'requests{signal="logs",outcome="accepted"} 0',
    'requests{signal="traces",outcome="accepted"} 6',
    'requests{signal="traces",outcome="malformed"} 1',
    "events 5",
  ];
  expect(await lines()).toEqual(expected);
  expect(await lines()).toEqual(expected);
  requests.add(1, "traces\nmalformed");
  events.add(2);
  expect(await lines()).toEqual([...expected.slice(0, 2), expected[2]!.replace(/1$/, "2"), "events 7"]);
});
