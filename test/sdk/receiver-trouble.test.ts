/** A receiver that is in trouble for a while: nothing is lost, nothing comes twice without a reason. */
import { createServer } from "node:net";
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../sdk/src/resolve-config.ts";
import { judgeAnswer, parseRetryAfter } from "../../sdk/src/sending/post-request.ts";
import { retryDelayMs } from "../../sdk/src/sending/retry-delay.ts";
import { useSink } from "./use-sink.ts";
import type { OtlpSink, Misbehaviour } from "./otlp-sink.ts";
import { exportResponse } from "./otlp-schema.ts";

let sink: OtlpSink;
// What a test leaves would be the next one's: each waits until it is sent.
useSink((started) => (sink = started), 60_000);

const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): Misbehaviour =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };

/** Misbehaves for a number of requests, then takes everything. */
function misbehaveTimes(times: number, misbehaviour: Misbehaviour): void {
  let left = times;
  sink.misbehave = (...request) => {
    if (left === 0) return false;
    left -= 1;
    return misbehaviour(...request);
  };
}

describe("nothing is lost while the receiver", () => {
  it.each<[string, Misbehaviour]>([
    ["answers 500", answer(500, { "retry-after": "0" })],
    ["answers 503", answer(503, { "retry-after": "0" })],
    ["answers 429 with a date in the past", answer(429, { "retry-after": "Thu, 01 Jan 2015 00:00:00 GMT" })],
    ["answers 502", answer(502)],
    ["answers 504", answer(504)],
    ["answers 401, as a wrong key does", answer(401)],
    ["answers 403", answer(403)],
    ["answers 404, as a wrong path does", answer(404)],
    ["answers 302", answer(302, { location: "http://127.0.0.1:1/" })],
    ["answers 200 with a web page", answer(200, { "content-type": "text/html" }, "<html></html>")],
    ["hangs", () => true],
    [
      "breaks off its answer",
      (_request, response) => {
        response.writeHead(200, { "content-type": "application/x-protobuf", "content-length": "10" });
        response.write("x");
        setTimeout(() => response.destroy(), 5);
        return true;
      },
    ],
    [
      "answers garbage",
      (_request, _response, incoming) => {
        incoming.socket.end("\x00\x01 garbage that is no HTTP\r\n\r\n");
        return true;
      },
    ],
  ])("%s", async (name, misbehaviour) => {
    misbehaveTimes(2, misbehaviour);
    // An answer that takes longer is repeated, with the same ids: only for what never answers.
    const requestTimeoutMs = name === "hangs" ? 1000 : 60_000;
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5, requestTimeoutMs });
    for (let i = 0; i < 600; i += 1) recordBusinessEvent("shop.sold", { i });
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    if (name !== "hangs") expect(sink.events).toHaveLength(600);
    expect(sink.eventIds.size).toBe(600);
    expect(businessEventsStatus()).toMatchObject({ sent: 600, pending: 0, dropped: 0, refused: 0 });
    expect(businessEventsStatus().failedAttempts).toBeGreaterThan(0);
  });

  it("is down, with events recorded all the while", async () => {
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
    recordBusinessEvent("shop.sold", { i: 0 });
    await flush({ timeoutMs: 60_000 });
    await sink.stop();
    for (let i = 1; i <= 2000; i += 1) {
      recordBusinessEvent("shop.sold", { i });
      if (i % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(await flush({ timeoutMs: 200 })).toBe(false);
    await sink.listen();
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    expect(sink.events).toHaveLength(2001);
    expect(sink.eventIds.size).toBe(2001);
  });
});

it("sends an event with the same ids again where the answer got lost", async () => {
  const first: unknown[] = [];
  misbehaveTimes(1, (request, response) => {
    first.push(...request.events.map(({ eventId, spanId, traceId, seq }) => [eventId, spanId, traceId, seq]));
    response.destroy();
    return true;
  });
  startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
  recordBusinessEvent("shop.sold");
  await flush({ timeoutMs: 60_000 });
  expect(first).toEqual(sink.events.map(({ eventId, spanId, traceId, seq }) => [eventId, spanId, traceId, seq]));
});

describe("a batch that is refused", () => {
  it.each([400, 413])("with %i is split until the one bad event stands alone", async (status) => {
    sink.misbehave = (request, response) => {
      if (!request.events.some(({ attributes }) => attributes["bad"] === true)) return false;
      response.writeHead(status, { "content-type": "application/x-protobuf" }).end();
      return true;
    };
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
    for (let i = 0; i < 100; i += 1) recordBusinessEvent("shop.sold", { i, bad: i === 42 });
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    expect(sink.eventIds.size).toBe(99);
    expect(sink.events).toHaveLength(99);
    expect(businessEventsStatus()).toMatchObject({ sent: 99, refused: 1, pending: 0 });
    await shutdown({ timeoutMs: 60_000 });
    // The receiver learns of it: 100 given out, one of them will never come.
    expect(sink.reports.at(-1)).toMatchObject({ lastSeq: 100, dropped: 1 });
  });

  it("in part is not repeated, and counted", async () => {
    misbehaveTimes(1, (_request, response) => {
      const body = exportResponse
        .encode({ partialSuccess: { rejected: 2, errorMessage: "attribute session_id is missing" } })
        .finish();
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end(body);
      return true;
    });
    // So long that the flush alone makes one request of all.
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 60_000 });
    for (let i = 0; i < 5; i += 1) recordBusinessEvent("shop.sold", { i });
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    expect(sink.requests).toHaveLength(1);
    expect(businessEventsStatus()).toMatchObject({ sent: 5, rejected: 2, pending: 0 });
  });
});

describe("the queue", () => {
  it("is bounded in bytes: the newest are dropped, counted and reported", async () => {
    sink.misbehave = answer(503, { "retry-after": "0" });
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5, maxQueueBytes: 1024 * 1024 });
    for (let i = 0; i < 20_000; i += 1) recordBusinessEvent("shop.sold", { i, text: "x".repeat(100) });
    const { dropped } = businessEventsStatus();
    expect(dropped).toBeGreaterThan(10_000);
    sink.misbehave = null;
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    expect(sink.eventIds.size).toBe(20_000 - dropped);
    // The oldest are the ones that are kept.
    expect(Math.max(...sink.events.map(({ seq }) => seq))).toBe(20_000 - dropped);
    recordBusinessEvent("shop.sold", { i: -1 });
    await shutdown({ timeoutMs: 60_000 });
    expect(sink.reports.at(-1)).toMatchObject({ lastSeq: 20_001, dropped });
    expect(sink.events.at(-1)!.seq).toBe(20_001);
  });

  it("keeps a burst of 20,000 in one tick", async () => {
    startBusinessEvents({ endpoint: sink.url });
    for (let i = 0; i < 20_000; i += 1) recordBusinessEvent("shop.sold", { i });
    expect(await flush({ timeoutMs: 60_000 })).toBe(true);
    expect(sink.eventIds.size).toBe(20_000);
    expect(Math.max(...sink.requests.map(({ events }) => events.length))).toBeLessThanOrEqual(512);
  });

  it("keeps what was recorded before the start", async () => {
    recordBusinessEvent("shop.early");
    expect(await flush({ timeoutMs: 10 })).toBe(false);
    startBusinessEvents({ endpoint: sink.url });
    await flush({ timeoutMs: 60_000 });
    expect(sink.events.map(({ name }) => name)).toEqual(["shop.early"]);
  });

  it("takes events after a shutdown, from the same source", async () => {
    startBusinessEvents({ endpoint: sink.url });
    recordBusinessEvent("shop.sold");
    await shutdown({ timeoutMs: 60_000 });
    recordBusinessEvent("shop.closed");
    await flush({ timeoutMs: 60_000 });
    expect(sink.events.map(({ name, seq }) => [name, seq])).toEqual([
      ["shop.sold", 1],
      ["shop.closed", 2],
    ]);
    expect(new Set(sink.events.map(({ sourceId }) => sourceId)).size).toBe(1);
  });
});

it("reports the last sequence number some time after activity", async () => {
  startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5, reportDelayMs: 20 });
  recordBusinessEvent("shop.sold");
  await sink.until(({ reports }) => reports.length === 1);
  expect(sink.reports).toMatchObject([{ lastSeq: 1, dropped: 0 }]);
});

it("sends to OpenTelemetry's default address where no endpoint is set, in batches of 512 events or a second", () => {
  expect(resolveConfig({}, {})).toMatchObject({
    settings: {
      target: { url: "http://localhost:4318/v1/traces", headers: {} },
      maxBatchEvents: 512,
      batchDelayMs: 1000,
      reportDelayMs: 30_000,
      spool: null,
    },
    maxQueueBytes: 64 * 1024 * 1024,
    exitWaitMs: 2000,
  });
});

describe("answers", () => {
  it("are judged by status, and a 2xx by what it is", () => {
    const kind = (status: number, type?: string, body = ""): string =>
      judgeAnswer(status, type, undefined, Buffer.from(body)).kind;
    expect([200, 202, 204].map((status) => kind(status))).toEqual(Array(3).fill("accepted"));
    expect(kind(200, "application/json; charset=utf-8", "{}")).toBe("accepted");
    expect(kind(200, "application/json", "{not json")).toBe("accepted");
    expect(kind(200, "text/html", "<html>")).toBe("retry");
    expect([400, 413].map((status) => kind(status))).toEqual(["refused", "refused"]);
    for (const status of [0, 301, 401, 403, 404, 405, 408, 415, 429, 500, 502, 503, 504]) {
      expect(kind(status)).toBe("retry");
    }
  });

  it("may ask for a pause in seconds or as a date", () => {
    expect(parseRetryAfter("120")).toBe(120_000);
    expect(parseRetryAfter("Wed, 21 Oct 2026 07:28:00 GMT", Date.UTC(2026, 9, 21, 7, 27, 30))).toBe(30_000);
    expect(parseRetryAfter("Wed, 21 Oct 2026 07:28:00 GMT", Date.UTC(2027, 0, 1))).toBe(0);
    expect(parseRetryAfter("soon")).toBeNull();
    expect(parseRetryAfter(undefined)).toBeNull();
  });

  it("are repeated after pauses that double up to half a minute, spread, and never too early", () => {
    expect([1, 2, 3, 7, 1000].map((failures) => retryDelayMs(failures, null, 0.999_999))).toEqual(
      [500, 1000, 2000, 30_000, 30_000].map((ms) => expect.closeTo(ms, 0)),
    );
    expect(retryDelayMs(1, null, 0)).toBe(250);
    expect(retryDelayMs(1, 7000, 0)).toBe(7000);
    expect(retryDelayMs(1, 86_400_000, 0)).toBe(300_000);
  });
});

it("does not take a port that accepts and says nothing for a receiver", async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  startBusinessEvents({ endpoint: `http://127.0.0.1:${port}`, requestTimeoutMs: 50, batchDelayMs: 5 });
  recordBusinessEvent("shop.sold");
  expect(await flush({ timeoutMs: 400 })).toBe(false);
  expect(businessEventsStatus()).toMatchObject({ sent: 0, pending: 1 });
  silent.close();
  // For the end of the test.
  startBusinessEvents({ endpoint: sink.url, requestTimeoutMs: 60_000 });
});
