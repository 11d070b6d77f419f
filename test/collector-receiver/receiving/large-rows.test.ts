import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { UnavailableError } from "../../../collector-receiver/src/ingest/ingest-port.ts";
import type { MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { measureMapped } from "../../../collector-receiver/src/mapping/measure-mapped.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { encodeProtobuf, eventOf, nanos, spanOf, text, tracesOf } from "../mapping/otlp-messages.ts";
import { startOtlpServer } from "./otlp-server.ts";

const MiB = 1024 * 1024;
const time = nanos(Date.now());

/** Small events of a service whose name is as long as it may be, so that their rows are 30 times as large as they are. */
function smallEvents(count: number, name = "session.end", attribute = "session_id"): Buffer {
  const service = [text("service.name", "客".repeat(255))];
  const events = Array.from({ length: count }, (_, i) => eventOf(name, [text(attribute, `s${i}`)], time));
  return encodeProtobuf("traces", tracesOf([spanOf(events)], undefined, service));
}

async function start(submit: (part: MappedRequest) => Promise<void>) {
  const parts: MappedRequest[] = [];
  const server = await startOtlpServer({
    ingest: {
      async submit(part) {
        parts.push(part);
        await submit(part);
        return { inserted: part.events.length, duplicates: 0, refused: [] };
      },
    },
  });
  onTestFinished(() => server.close());
  const post = (body: Buffer) =>
    fetch(`${server.url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf", "content-encoding": "gzip" },
      body: gzipSync(body),
    });
  return { server, url: server.url, parts, post };
}

test("a body whose rows are far larger than itself is committed in parts, one after the other, and answered once", async () => {
  let underWay = 0;
  const ids = new Set<string>();
  const { server, parts, post } = await start(async ({ events }) => {
    expect(++underWay).toBe(1);
    // Their rows are there until this resolves.
    for (const { eventId } of events) ids.add(eventId);
    await new Promise((resolve) => setTimeout(resolve, 20));
    underWay--;
  });
  const answer = await post(smallEvents(50_000));
  expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, 0]);
  expect(parts.length).toBeGreaterThan(3);
  for (const part of parts) expect(measureMapped(part)).toBeLessThan(24 * MiB);
  const sessions = parts.flatMap(({ events }) => events.map(({ sessionId }) => sessionId));
  expect(sessions).toEqual(Array.from({ length: 50_000 }, (_, i) => `s${i}`));
  expect(ids.size).toBe(50_000);
  expect(server.answered[0]?.submitted).toMatchObject({ events: 50_000, inserted: 50_000 });
});

test("rejections are parts as well, and a span of which two parts hold some counts once", async () => {
  const { server, parts, post } = await start(async () => {});
  const answer = await post(smallEvents(30_000, "agent.login", "agent_id"));
  expect(answer.status).toBe(200);
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.reduce((sum, { rejected }) => sum + rejected.length, 0)).toBe(30_000);
  expect(server.answered[0]?.submitted?.rejectedCarriers).toBe(1);
  expect([...server.answered[0]!.submitted!.rejected.values()]).toEqual([30_000]);
});

test("nothing is committed of a large body that cannot be read to its end", async () => {
  const { parts, post } = await start(async () => {});
  const answer = await post(Buffer.concat([smallEvents(30_000), Buffer.of(0x0a, 0xff)]));
  expect(answer.status).toBe(400);
  expect(parts).toEqual([]);
});

test("a resource that goes on behind its events holds for all of them, also for those of the first part", async () => {
  const { parts, url } = await start(async () => {});
  const resource = (key: string, stringValue: string) => ({ attributes: [{ key, value: { stringValue } }] });
  const named = resource("service.name", "客".repeat(255));
  const events = Array.from({ length: 30_000 }, (_, i) => eventOf("session.end", [text("session_id", `s${i}`)], time));
  const body = JSON.stringify({ resourceSpans: [{ first: 0, scopeSpans: [{ spans: [spanOf(events)] }], last: 0 }] })
    .replace('"first":0', `"resource":${JSON.stringify(named)}`)
    .replace('"last":0', `"resource":${JSON.stringify(resource("spanledger.tenant", "brand-b"))}`);
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  expect(parts.length).toBeGreaterThan(1);
  const tenants = parts.flatMap((part) => part.events.map(({ tenantId }) => tenantId));
  expect([tenants.length, new Set(tenants)]).toEqual([30_000, new Set(["brand-b"])]);
});

test("a part that cannot be committed ends the request: its sender sends all of it again", async () => {
  let submitted = 0;
  const { server, parts, post } = await start(async () => {
    if (++submitted === 2) throw new UnavailableError("queue_full", "The queue is full", 7);
  });
  const answer = await post(smallEvents(50_000));
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "7"]);
  expect(parts).toHaveLength(2);
  expect(server.answered[0]?.outcome).toBe("unavailable");
});

test("sent twice, the events of a body in parts are stored and counted once", async () => {
  const { url, database } = await startTestReceiver();
  const body = gzipSync(smallEvents(25_000));
  for (let i = 0; i < 2; i++) {
    const headers = { "content-type": "application/x-protobuf", "content-encoding": "gzip" };
    expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  }
  const { rows } = await database.pool.query(
    `select (select count(*)::int from analytics_events) as stored,
      (select sum(events)::int from analytics_event_counts where event_name = 'session.end') as counted`,
  );
  expect(rows).toEqual([{ stored: 25_000, counted: 25_000 }]);
});
