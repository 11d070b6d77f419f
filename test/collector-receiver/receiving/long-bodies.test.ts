import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { FairShares } from "../../../collector-receiver/src/fairness/fair-shares.ts";
import { RequestMapping } from "../../../collector-receiver/src/mapping/map-request.ts";
import { inSpan, longElements, longJson, message as field, times } from "../mapping/long-elements.ts";
import { context, encodeProtobuf, eventOf, nanos, nowMs, spanOf, text, tracesOf } from "../mapping/otlp-messages.ts";
import { startOtlpServer, type OtlpServer } from "./otlp-server.ts";

let server: OtlpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const start = async () => {
  const bodies = new FairShares(256 * 1024 * 1024);
  server = await startOtlpServer({ bodies, maxInflatedBytes: 64 * 1024 * 1024 });
  return bodies;
};

const protobufType = "application/x-protobuf";
const jsonType = "application/json";

function post(path: string, type: string, body: Buffer, signal?: AbortSignal): Promise<Response> {
  return fetch(`${server!.url}${path}`, {
    method: "POST",
    headers: { "content-type": type, "content-encoding": "gzip" },
    body: new Uint8Array(gzipSync(body)),
    ...(signal && { signal }),
  });
}

const small = encodeProtobuf(
  "traces",
  tracesOf([spanOf([eventOf("session.start", [text("session_id", "small")], nanos(Date.now()))])]),
);

/** So many that mapping takes over 100 ms on a fast machine too. */
const many = 16_000_000;
const varint = (value: number) => {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
};
const message = (tag: number, content: Buffer) => Buffer.concat([Buffer.from([tag]), varint(content.length), content]);
/** `count` empty messages under `tag`, within the messages of `around`. */
const empties = (tag: number, ...around: number[]) =>
  around.reduceRight((content, outer) => message(outer, content), Buffer.alloc(many * 2, Buffer.from([tag, 0])));
const inJson = (open: string, item: string, close: string) =>
  Buffer.from(open + `${item},`.repeat(many / 4) + item + close);

const cheap: [string, string, string, Buffer][] = [
  ["empty log records", "/v1/logs", protobufType, empties(0x12, 0x0a, 0x12)],
  ["empty spans", "/v1/traces", protobufType, empties(0x12, 0x0a, 0x12)],
  ["empty span events of one span", "/v1/traces", protobufType, empties(0x5a, 0x0a, 0x12, 0x12)],
  ["empty scopes", "/v1/traces", protobufType, empties(0x12, 0x0a)],
  ["empty resources", "/v1/traces", protobufType, empties(0x0a)],
  ["unknown fields", "/v1/traces", protobufType, empties(0x7a)],
  ["empty log records", "/v1/logs", jsonType, inJson('{"resourceLogs":[{"scopeLogs":[{"logRecords":[', "{}", "]}]}]}")],
  [
    "empty spans",
    "/v1/traces",
    jsonType,
    inJson('{"resourceSpans":[{"scope":{},"scopeSpans":[{"scope":{},"spans":[', "{}", "]}]}]}"),
  ],
  [
    "empty span events of one span",
    "/v1/traces",
    jsonType,
    inJson('{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"events":[', "{}", "]}]}]}]}"),
  ],
  ["empty scopes", "/v1/traces", jsonType, inJson('{"resourceSpans":[{"resource":{},"scopeSpans":[', "{}", "]}]}")],
  ["empty resources", "/v1/traces", jsonType, inJson('{"resourceSpans":[', "{}", "]}")],
];

test.each(cheap)(
  "other requests are answered while millions of %s come to %s as %s",
  async (_title, path, type, body) => {
    await start();
    let done = false;
    const large = post(path, type, body).finally(() => (done = true));
    let answered = 0;
    while (!done) {
      const answer = await post("/v1/traces", protobufType, small);
      expect(answer.status).toBe(200);
      if (!done) answered++;
    }
    expect((await large).status).toBe(200);
    // One answer takes a few turns of the event loop; a body that held it would leave room for one or two.
    expect(answered).toBeGreaterThan(3);
  },
);

/** Processor time, which other work on the machine does not change; the system counts it in steps of 4 ms. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** The longest stretch without a pause: of each stretch the shortest time in four runs. */
function longestStretchMs(body: Buffer, encoding: "protobuf" | "json", signal: "traces" | "logs"): number {
  const shortest: number[] = [];
  for (let run = 0; run < 4; run++) {
    const mapping = new RequestMapping(body, encoding, signal, context);
    for (let stretch = 0, done = false; !done; stretch++) {
      const before = cpuMs();
      done = mapping.run(-Infinity);
      shortest[stretch] = Math.min(shortest[stretch] ?? Infinity, cpuMs() - before);
    }
  }
  return shortest.reduce((longest, ms) => Math.max(longest, ms), 0);
}

const longBytes = 12 * 1024 * 1024;

test.each(longElements)("protobuf: $title hold others up for less than 10 ms at a time", ({ make, signal }) => {
  const body = field(0x0a, field(0x12, field(0x12, make(longBytes, nowMs))));
  expect(longestStretchMs(body, "protobuf", signal)).toBeLessThan(10);
});

test.each(longJson)("JSON: $title, hold others up for less than 10 ms at a time", ({ make }) => {
  const body = Buffer.from(make(longBytes, nowMs));
  const signal = body.includes("resourceLogs") ? "logs" : "traces";
  expect(longestStretchMs(body, "json", signal)).toBeLessThan(10);
});

test("a long JSON object with more members than any of OTLP has is refused", () => {
  const body = Buffer.from(inSpan(times('"name":"x"', 1024 * 1024)));
  expect(() => longestStretchMs(body, "json", "traces")).toThrow("Expected at most 2048 members of an object");
});

test("mapping ends when the sender goes away, and gives back what it held", async () => {
  const bodies = await start();
  const abort = new AbortController();
  const large = post("/v1/logs", protobufType, empties(0x12, 0x0a, 0x12), abort.signal);
  await vi.waitFor(() => expect(bodies.held).toBeGreaterThan(0), { interval: 1 });
  for (let i = 0; i < 3; i++) await setImmediate();
  abort.abort();
  await expect(large).rejects.toThrow("aborted");
  await vi.waitFor(() => expect(server!.answered.map(({ outcome }) => outcome)).toEqual(["aborted"]), 10_000);
  expect(bodies.held).toBe(0);
  expect((await post("/v1/traces", protobufType, small)).status).toBe(200);
  const again = await post("/v1/logs", protobufType, empties(0x12, 0x0a, 0x12));
  expect(again.status).toBe(200);
  expect(server!.answered.at(-1)!.submitted!.ignored).toBe(many);
});

test("a body whose sender goes away while it waits for its turn is not inflated", async () => {
  const bodies = await start();
  const first = post("/v1/logs", protobufType, empties(0x12, 0x0a, 0x12));
  await vi.waitFor(() => expect(bodies.held).toBeGreaterThan(0), { interval: 1 });
  const heldByFirst = bodies.held;
  const abort = new AbortController();
  const second = post("/v1/logs", protobufType, empties(0x12, 0x0a, 0x12), abort.signal);
  await vi.waitFor(() => expect(bodies.held).toBeGreaterThan(heldByFirst), { interval: 1 });
  for (let i = 0; i < 3; i++) await setImmediate();
  abort.abort();
  await expect(second).rejects.toThrow("aborted");
  expect((await first).status).toBe(200);
  await vi.waitFor(() => expect(server!.answered).toHaveLength(2));
  const [accepted, aborted] = server!.answered;
  expect(accepted).toMatchObject({ outcome: "accepted", inflatedBytes: empties(0x12, 0x0a, 0x12).length });
  expect(aborted).toMatchObject({ outcome: "aborted", inflatedBytes: 0 });
});

test("large bodies that come together each keep their own events", async () => {
  await start();
  const bodyOf = (name: string) =>
    encodeProtobuf(
      "traces",
      tracesOf([
        spanOf(
          Array.from({ length: 6000 }, (_, i) =>
            eventOf(
              "session.start",
              [text("session_id", `${name}-${i}`), text("note", "x".repeat(60))],
              nanos(Date.now()),
            ),
          ),
        ),
      ]),
    );
  const names = ["a", "b", "c", "d"];
  const answers = await Promise.all(names.map((name) => post("/v1/traces", protobufType, bodyOf(name))));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  const bySender = server!.submitted.map(({ events }) => events.map(({ sessionId }) => sessionId!));
  for (const name of names) {
    expect(bySender).toContainEqual(Array.from({ length: 6000 }, (_, i) => `${name}-${i}`));
  }
});
