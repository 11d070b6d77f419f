import { expect, test } from "vitest";
import { ignoredReasons } from "../../../collector-receiver/src/mapping/ignored-reasons.ts";
import { logsWith, tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const session = (name: string, attributes: Record<string, string> = { session_id: "s" }) => ({ name, attributes });

test("what is ignored is counted by its reason, once, and what senders lose by service", async () => {
  const { url } = await startTestReceiver();
  const post = async (path: string, body: string) => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url + path, { method: "POST", headers, body });
    expect([answer.status, await answer.text()]).toEqual([200, "{}"]);
  };
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  const ignored = async () => {
    const series = /^spanledger_ignored_total\{reason="(?<reason>\w+)"\} (?<count>\d+)$/gm;
    const found = [...(await metrics()).matchAll(series)].map(({ groups }) => groups!);
    expect(new Set(found.map(({ reason }) => reason))).toEqual(new Set(Object.keys(ignoredReasons)));
    return Object.fromEntries(
      found.filter(({ count }) => count !== "0").map(({ reason, count }) => [reason, Number(count)]),
    );
  };
  expect(await ignored()).toEqual({});
  const events = ["cache.miss", "exception", "Session.Start", "session.start"].map((name) => session(name));
  const body = tracesWith([...events, session("session.end", { sessionId: "s" })]);
  await post("/v1/traces", body.replace('"kind":1', '"Kind":1,"droppedEventsCount":3'));
  await post("/v1/logs", logsWith([session("session_end")]));
  expect(await ignored()).toEqual({ foreign_name: 2, close_name: 2, close_attribute: 1, unknown_json_member: 1 });
  const text = await metrics();
  expect(text).toContain('spanledger_events_received_total{signal="traces"} 5\n');
  expect(text).toContain('spanledger_events_received_total{signal="logs"} 1\n');
  expect(text).toContain('spanledger_sender_losses_total{service="test",what="events"} 3\n');
});

test("two hundred services have series of their own", async () => {
  const { url } = await startTestReceiver();
  const headers = { "content-type": "application/json" };
  for (let i = 0; i < 210; i++) {
    const body = tracesWith([session("cache.miss")], { resource: { "service.name": `service-${i}` } });
    const lost = body.replace('"kind":1', '"droppedEventsCount":1');
    await (await fetch(`${url}/v1/traces`, { method: "POST", headers, body: lost })).text();
  }
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text.match(/^spanledger_sender_losses_total\{service="[^"]*",what="events"\} \d+$/gm)).toHaveLength(201);
  expect(text).toContain('spanledger_sender_losses_total{service="",what="events"} 10\n');
});
