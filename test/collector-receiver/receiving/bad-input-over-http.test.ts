import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import {
  double,
  encodeJson,
  encodeProtobuf,
  eventOf,
  int,
  nanos,
  root,
  spanOf,
  text,
  tracesOf,
  type SpanEvent,
} from "../mapping/otlp-messages.ts";

const now = Date.now();
const mark = text("spanledger.event.id", "018d3f2e-0000-4000-8000-000000000001");
const at = (name: string, attributes: SpanEvent["attributes"], ms = now) => eventOf(name, attributes, nanos(ms));
const session = text("session_id", "s-bad");
const nested = { arrayValue: { values: [{ stringValue: "leaf" }] } };

/** What may come in, each as a span of its own, with the code under which it is kept. */
const bad: [string, SpanEvent][] = [
  ["nul_character", at("session.start", [text("session_id", "a\u0000b")])],
  ["out_of_range", at("agent.login", [int("agent_id", 2 ** 31)])],
  ["not_finite", at("agent.login", [double("agent_id", "NaN")])],
  ["not_finite", at("agent.logout", [double("agent_id", "-Infinity")])],
  ["name_too_long", at("x".repeat(51), [mark])],
  ["wrong_type", at("session.start", [{ key: "session_id", value: nested }])],
  ["attribute_too_large", at("session.start", [text("session_id", "x".repeat(10_000_000))])],
  ["time_before_2000", at("session.start", [session], 1)],
  ["in_the_future", at("session.start", [session], Date.UTC(2200, 0, 1))],
];

test("bad input of every kind among 100,000 events of one request: each is kept with its code, and nothing else is lost", async () => {
  const { url, database } = await startTestReceiver();
  const good = Array.from({ length: 100_000 }, (_, i) => at("session.start", [text("session_id", `s-${i}`)]));
  const half = good.length / 2;
  const spans = [
    spanOf(good.slice(0, half)),
    ...bad.map(([, event], i) => spanOf([event], { spanId: `00000000000000b${i + 1}`.slice(-16) })),
    spanOf(good.slice(half), { spanId: "00000000000000aa" }),
  ];
  const body = gzipSync(encodeProtobuf("traces", tracesOf(spans)));
  const post = () =>
    fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf", "content-encoding": "gzip" },
      body: new Uint8Array(body),
    });
  // Twice: a sender that did not see the answer sends all of it again.
  for (let delivery = 1; delivery <= 2; delivery++) {
    const answer = await post();
    expect(answer.status).toBe(200);
    const type = root.lookupType("otlp.ExportTraceServiceResponse");
    const message = type.toObject(type.decode(Buffer.from(await answer.arrayBuffer())), { longs: String });
    expect(message).toMatchObject({ partialSuccess: { rejectedSpans: String(bad.length) } });
  }
  const { rows } = await database.pool.query(`
    select (select count(*)::int from analytics_events) as stored,
      (select total_sessions::int from analytics_business_metrics where period_type = 'month') as counted,
      (select array_agg(code::text order by code) from analytics_rejected_events) as rejected`);
  expect(rows).toEqual([{ stored: 100_000, counted: 100_000, rejected: bad.map(([code]) => code).toSorted() }]);
  expect(await verifyTenant(database.connectionString, "default")).toMatchObject({ events: 100_000, drifts: 0 });
});

test("values that OTLP/JSON does not allow are kept with their codes beside a good event; the same in the resource and in foreign spans", async () => {
  const { url, database } = await startTestReceiver();
  const wrong = { key: "x", value: { boolValue: "true" } } as unknown as SpanEvent["attributes"][number];
  const good = at("session.start", [
    text("session_id", "s"),
    { key: "big", value: { intValue: "1e21" } },
    text("", "x"),
  ]);
  const spans = [
    spanOf([good]),
    spanOf([at("session.start", [session, wrong])], { spanId: "00000000000000b1" }),
    spanOf([{ ...at("session.start", [session]), timeUnixNano: "2025-12-25T12:00:00Z" }], {
      spanId: "00000000000000b2",
    }),
    spanOf([at("exception", [wrong])], { spanId: "00000000000000b3", attributes: [wrong] }),
  ];
  const post = (body: string) =>
    fetch(`${url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const answer = await post(JSON.stringify(tracesOf(spans, undefined, [wrong])));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    partialSuccess: { rejectedSpans: "2", errorMessage: expect.stringContaining('`x` is "true", OTLP/JSON expects') },
  });
  const { rows } = await database.pool.query(`
    select (select jsonb_agg(event_data) from analytics_events) as stored,
      (select array_agg(code::text order by code) from analytics_rejected_events) as rejected`);
  expect(rows).toEqual([{ stored: [{ session_id: "s", big: 1e21 }], rejected: ["invalid_time", "malformed_value"] }]);
  expect(await verifyTenant(database.connectionString, "default")).toMatchObject({ events: 1, drifts: 0 });
  for (const malformed of ['{"resourceSpans":"x"}', '{"later":1}', '{"resourceSpans":[}']) {
    expect([malformed, (await post(malformed)).status]).toEqual([malformed, 400]);
  }
});

test("half of a surrogate pair, which only JSON can carry, is kept with its code beside a good event", async () => {
  const { url, database } = await startTestReceiver();
  const events = [at("session.start", [text("session_id", "\ud800x")]), at("session.start", [text("session_id", "s")])];
  const answer = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new Uint8Array(encodeJson(tracesOf([spanOf(events)]))),
  });
  expect(await answer.json()).toMatchObject({
    partialSuccess: { rejectedSpans: "1", errorMessage: expect.stringContaining("`session_id` is not valid UTF-8") },
  });
  const { rows } = await database.pool.query(
    "select (select count(*)::int from analytics_events) as stored, (select array_agg(code::text) from analytics_rejected_events) as rejected",
  );
  expect(rows).toEqual([{ stored: 1, rejected: ["invalid_unicode"] }]);
});
