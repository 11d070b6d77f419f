import { IncomingMessage, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import { once } from "node:events";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FairShares } from "../../../collector-receiver/src/fairness/fair-shares.ts";
import { UnavailableError } from "../../../collector-receiver/src/ingest/ingest-port.ts";
import type { OtlpOptions } from "../../../collector-receiver/src/receiving/otlp-receiver.ts";
import { createTenantResolver } from "../../../collector-receiver/src/receiving/resolve-ingest-token.ts";
import { lengthField, messageField } from "../../../collector-receiver/src/bytes/write-protobuf.ts";
import {
  encodeJson,
  encodeProtobuf,
  eventOf,
  int,
  logsOf,
  nanos,
  root,
  spanOf,
  text,
  tracesOf,
} from "../mapping/otlp-messages.ts";
import { startOtlpServer, type OtlpServer } from "./otlp-server.ts";

const servers: OtlpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function start(over: Partial<OtlpOptions> = {}): Promise<OtlpServer> {
  const server = await startOtlpServer(over);
  servers.push(server);
  return server;
}

const time = nanos(Date.now());
const good = spanOf([eventOf("session.start", [text("session_id", "s-1")], time)]);
const bad = spanOf([
  eventOf("agent.login", [text("agent_id", "7")], time),
  eventOf("agent.login", [text("agent_id", "8")], time),
]);
const protobufType = "application/x-protobuf";
const jsonType = "application/json";

async function post(
  server: OtlpServer,
  body: Buffer,
  headers: Record<string, string>,
  path = "/v1/traces",
): Promise<{ status: number; type: string | null; body: Buffer; headers: Headers }> {
  const response = await fetch(server.url + path, { method: "POST", body: new Uint8Array(body), headers });
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    body: Buffer.from(await response.arrayBuffer()),
    headers: response.headers,
  };
}

function decode(type: string, body: Buffer): Record<string, unknown> {
  const message = root.lookupType(`otlp.${type}`);
  return message.toObject(message.decode(body), { longs: String });
}

describe("success", () => {
  test.each([
    ["protobuf", protobufType, encodeProtobuf("traces", tracesOf([good])), ""],
    ["JSON", jsonType, encodeJson(tracesOf([good])), "{}"],
    ["a type with parameters", "Application/JSON; charset=utf-8", encodeJson(tracesOf([good])), "{}"],
  ])("%s: the event is submitted, the answer empty and of exactly that type", async (_title, type, body, expected) => {
    const server = await start();
    const answer = await post(server, body, { "content-type": type });
    expect([answer.status, answer.body.toString()]).toEqual([200, expected]);
    expect(answer.type).toBe(type.toLowerCase().split(";")[0]);
    expect(server.submitted.flatMap(({ events }) => events.map(({ sessionId }) => sessionId))).toEqual(["s-1"]);
    expect(server.answered.map(({ outcome, submitted }) => [outcome, submitted?.inserted])).toEqual([["accepted", 1]]);
  });

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["zstd", zstdCompressSync],
    ["x-gzip", gzipSync],
    ["zlib", deflateSync],
    ["identity", (body: Buffer) => body],
  ])("content encoding %s", async (encoding, compress) => {
    const server = await start();
    const body = compress(encodeProtobuf("traces", tracesOf([good])));
    const answer = await post(server, body, { "content-type": protobufType, "content-encoding": encoding });
    expect(answer.status).toBe(200);
    expect(server.submitted).toHaveLength(1);
  });

  test("bodies that end within one turn are inflated into the same memory, and each is mapped before the next", async () => {
    const server = await start();
    const sessionIds = Array.from({ length: 8 }, (_, i) => `s-${i}`);
    for (const id of sessionIds) {
      const request = new IncomingMessage(new Socket());
      Object.assign(request.headers, { "content-type": protobufType, "content-encoding": "gzip" });
      const span = spanOf([eventOf("session.start", [text("session_id", id)], time)]);
      request.push(gzipSync(encodeProtobuf("traces", tracesOf([span]))));
      request.push(null);
      server.receiver.receive("traces", request, new ServerResponse(request));
    }
    await vi.waitFor(() => expect(server.submitted).toHaveLength(8));
    expect(server.submitted.flatMap(({ events }) => events.map(({ sessionId }) => sessionId))).toEqual(sessionIds);
  });

  test.each([
    ["an empty protobuf body", protobufType, ""],
    ["{}", jsonType, "{}"],
    ["a message without spans", jsonType, '{"resourceSpans":[]}'],
    ["unknown fields", jsonType, '{"later":[{"a":1}],"resourceSpans":[]}'],
    ["an unknown protobuf field", protobufType, "\u007a\u0001x"],
  ])("%s succeeds and submits nothing", async (_title, type, body) => {
    const server = await start();
    expect((await post(server, Buffer.from(body), { "content-type": type })).status).toBe(200);
    expect(server.submitted).toEqual([]);
  });

  test("logs", async () => {
    const server = await start();
    const record = { timeUnixNano: time, eventName: "session.start", attributes: [text("session_id", "s-2")] };
    const answer = await post(
      server,
      encodeProtobuf("logs", logsOf([record])),
      { "content-type": protobufType },
      "/v1/logs",
    );
    expect(answer.status).toBe(200);
    expect(server.submitted[0]!.events[0]!.sessionId).toBe("s-2");
  });

  test("metrics are taken and discarded, and counted", async () => {
    const server = await start();
    const answer = await post(server, Buffer.from("anything"), { "content-type": protobufType }, "/v1/metrics");
    expect([answer.status, answer.body.length, answer.type]).toEqual([200, 0, protobufType]);
    expect(server.answered.map(({ outcome }) => outcome)).toEqual(["discarded"]);
  });
});

describe("partial success", () => {
  test("protobuf: counts spans, not events, and says why", async () => {
    const server = await start();
    const answer = await post(server, encodeProtobuf("traces", tracesOf([good, bad])), {
      "content-type": protobufType,
    });
    expect(answer.status).toBe(200);
    const { partialSuccess } = decode("ExportTraceServiceResponse", answer.body) as {
      partialSuccess: { rejectedSpans: string; errorMessage: string };
    };
    expect(partialSuccess.rejectedSpans).toBe("1");
    expect(partialSuccess.errorMessage).toContain("agent.login: `agent_id` is the text");
    expect(server.submitted[0]!.events).toHaveLength(1);
    expect(server.submitted[0]!.rejected).toHaveLength(2);
  });

  test("JSON, logs, and a message of at most 2 KiB", async () => {
    const server = await start();
    const records = Array.from({ length: 100 }, (_, i) => ({
      timeUnixNano: time,
      eventName: "agent.login",
      attributes: [text("agent_id", `坐席编号${"长".repeat(100)}${i}`)],
    }));
    const answer = await post(server, encodeJson(logsOf(records)), { "content-type": jsonType }, "/v1/logs");
    const { partialSuccess } = JSON.parse(answer.body.toString()) as {
      partialSuccess: { rejectedLogRecords: string; errorMessage: string };
    };
    expect(partialSuccess.rejectedLogRecords).toBe("100");
    expect(Buffer.byteLength(partialSuccess.errorMessage)).toBeLessThanOrEqual(2048);
    expect(partialSuccess.errorMessage).not.toContain("\ufffd");
  });

  test("events that PostgreSQL itself refused are told too", async () => {
    const server = await start({
      ingest: {
        submit: async () => ({
          inserted: 0,
          duplicates: 0,
          refused: [{ code: "refused_by_database", reason: "no such thing" }],
        }),
      },
    });
    const answer = await post(server, encodeJson(tracesOf([good])), { "content-type": jsonType });
    expect(JSON.parse(answer.body.toString())).toEqual({
      partialSuccess: { rejectedSpans: "1", errorMessage: "no such thing" },
    });
  });
});

describe("refusals are a google.rpc.Status in the caller's encoding", () => {
  test.each([
    ["garbage", Buffer.from("garbage"), {}, 400],
    ["gzip that is none", Buffer.from("garbage"), { "content-encoding": "gzip" }, 400],
    // All of the message is there: what is missing is the checksum that says so.
    [
      "gzip that ends early",
      gzipSync(encodeProtobuf("traces", tracesOf([good]))).subarray(0, -4),
      { "content-encoding": "gzip" },
      400,
    ],
    ["another encoding", Buffer.from("x"), { "content-encoding": "br" }, 415],
    ["two layers", Buffer.from("x"), { "content-encoding": "gzip, gzip" }, 415],
    [
      "logs posted as traces",
      encodeProtobuf(
        "logs",
        logsOf([{ timeUnixNano: time, eventName: "session.start", attributes: [text("session_id", "s")] }]),
      ),
      {},
      400,
    ],
  ])("%s", async (_title, body, headers, status) => {
    const server = await start();
    const answer = await post(server, body, { "content-type": protobufType, ...headers });
    expect([answer.status, answer.type]).toEqual([status, protobufType]);
    expect(decode("RpcStatus", answer.body)["message"]).toEqual(expect.stringMatching(/.{10}/));
    if (status === 415) expect(answer.headers.get("accept-encoding")).toBe("identity, gzip, deflate, zstd");
    expect(server.submitted).toEqual([]);
    if ("content-encoding" in headers) return;
    const json = await post(server, Buffer.from('{"resourceLogs":[]}'), { "content-type": jsonType });
    expect([json.status, json.type]).toEqual([400, jsonType]);
    expect(JSON.parse(json.body.toString())).toEqual({
      code: 3,
      message: expect.stringContaining("resourceLogs") as string,
    });
  });

  test("traces and metrics posted as logs, and metrics as traces", async () => {
    const server = await start();
    const traces = encodeProtobuf("traces", tracesOf([good]));
    // A ResourceMetrics with a ScopeMetrics with a Metric (name, description, unit, sum).
    const metric = Buffer.concat([lengthField(1, "requests"), lengthField(3, "1"), lengthField(7, Buffer.of(0x18, 1))]);
    const metrics = messageField(1, messageField(2, messageField(2, metric)));
    for (const [body, path, told] of [
      [traces, "/v1/logs", "not logs"],
      [metrics, "/v1/logs", "not logs"],
      [metrics, "/v1/traces", "not traces"],
    ] as const) {
      const answer = await post(server, body, { "content-type": protobufType }, path);
      expect([path, answer.status]).toEqual([path, 400]);
      expect(decode("RpcStatus", answer.body)["message"]).toContain(told);
    }
    for (const [body, path, told] of [
      ['{"resourceSpans":[]}', "/v1/logs", "resourceSpans"],
      ['{"resourceMetrics":[]}', "/v1/logs", "resourceMetrics"],
      ['{"resourceMetrics":[]}', "/v1/traces", "resourceMetrics"],
    ] as const) {
      const answer = await post(server, Buffer.from(body), { "content-type": jsonType }, path);
      expect([path, answer.status]).toEqual([path, 400]);
      expect(answer.body.toString()).toContain(told);
    }
    expect(server.submitted).toEqual([]);
  });

  test.each(["snappy", "x-snappy-framed", "lz4", "LZ4"])(
    "%s is 503 with the remedy, because a 415 would make a Collector drop its queue",
    async (encoding) => {
      const server = await start();
      const answer = await post(server, Buffer.from("x"), {
        "content-type": protobufType,
        "content-encoding": encoding,
      });
      expect([answer.status, answer.type, answer.headers.has("retry-after")]).toEqual([503, protobufType, true]);
      expect(decode("RpcStatus", answer.body)["message"]).toContain("compression: gzip");
      expect(server.answered.map(({ outcome }) => outcome)).toEqual(["compression_not_taken"]);
    },
  );

  test("other types and other methods", async () => {
    const server = await start();
    for (const type of ["text/plain", "application/octet-stream", "x"]) {
      expect((await post(server, Buffer.from("x"), { "content-type": type })).status).toBe(415);
    }
    for (const method of ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]) {
      const response = await fetch(`${server.url}/v1/traces`, { method });
      expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, "POST"]);
      await response.arrayBuffer();
    }
  });

  test("a body over the limit, on the wire or inflated, is seen as 413", async () => {
    const server = await start({ maxBodyBytes: 100_000, maxInflatedBytes: 200_000 });
    const large = Buffer.alloc(5_000_000, 0x20);
    const sent = await post(server, large, { "content-type": jsonType });
    expect([sent.status, JSON.parse(sent.body.toString())]).toMatchObject([413, { code: 8 }]);
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const inflated = await post(server, bomb, { "content-type": protobufType, "content-encoding": "gzip" });
    expect(inflated.status).toBe(413);
    expect(decode("RpcStatus", inflated.body)["message"]).toContain("200000");
    expect(server.answered.map(({ outcome }) => outcome)).toEqual(["too_large", "too_large"]);
  });

  test("what may pass is 503 with Retry-After", async () => {
    const unavailable = await start({
      ingest: { submit: () => Promise.reject(new UnavailableError("queue_full", "The queue is full", 7)) },
    });
    const body = encodeProtobuf("traces", tracesOf([good]));
    const answer = await post(unavailable, body, { "content-type": protobufType });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "7"]);
    expect(decode("RpcStatus", answer.body)["message"]).toContain("queue_full");

    const broken = await start({ ingest: { submit: () => Promise.reject(new TypeError("a fault")) } });
    const fault = await post(broken, body, { "content-type": protobufType });
    expect([fault.status, fault.headers.has("retry-after")]).toEqual([503, true]);
    expect(fault.body.toString()).not.toContain("a fault");
    expect(broken.answered.map(({ outcome }) => outcome)).toEqual(["unexpected_error"]);
  });
});

test("bodies that are being read are bounded, by tenant (429) and altogether (503)", async () => {
  const resolveTenant = createTenantResolver(
    ["brand-a", "brand-b", "brand-c"].map((tenant) => ({ token: `token-of-${tenant}`, tenantIds: [tenant] })),
  );
  // A body counts as what it announces, and as 64 KiB at least.
  const bodies = new FairShares(4 * 65_536);
  const server = await start({ resolveTenant, bodies });
  const { port } = new URL(server.url);
  const sockets: Socket[] = [];
  const hold = async (tenant: string): Promise<void> => {
    const before = bodies.held;
    const socket = connect(Number(port), "127.0.0.1");
    sockets.push(socket);
    await once(socket, "connect");
    const head = `POST /v1/traces HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer token-of-${tenant}\r\nContent-Type: ${jsonType}`;
    socket.write(`${head}\r\nContent-Length: 1000\r\n\r\nhalf`);
    await vi.waitUntil(() => bodies.held > before);
  };
  const ask = async (tenant: string): Promise<[number, string | null, string]> => {
    const headers = { "content-type": jsonType, authorization: `Bearer token-of-${tenant}` };
    const answer = await post(server, Buffer.from("{}"), headers);
    return [answer.status, answer.headers.get("retry-after"), answer.body.toString()];
  };
  await hold("brand-a");
  expect(await ask("brand-a")).toEqual([200, null, "{}"]);
  await hold("brand-a");
  expect(await ask("brand-a")).toEqual([
    429,
    "1",
    expect.stringMatching(
      /"tenant_too_many_requests: 131072 bytes of requests of brand-a are .* 131072 of 262144 bytes/,
    ),
  ]);
  expect(await ask("brand-b")).toEqual([200, null, "{}"]);
  await hold("brand-b");
  expect(await ask("brand-c")).toEqual([
    503,
    "1",
    expect.stringMatching(/"too_many_requests: There is no room .* 196608 of 262144 bytes/),
  ]);
  expect(server.answered.at(-1)?.outcome).toBe("unavailable");
  for (const socket of sockets) socket.destroy();
  await vi.waitUntil(() => bodies.held === 0);
});

test("a body in chunks takes memory as its bytes arrive, and is answered 503 at the limit", async () => {
  const bodies = new FairShares(4 * 65_536, false);
  const server = await start({ bodies });
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: ${jsonType}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const sendChunk = (bytes: number) => socket.write(`${bytes.toString(16)}\r\n${" ".repeat(bytes)}\r\n`);
  let answer = "";
  socket.on("data", (piece: Buffer) => (answer += piece.toString()));
  sendChunk(1000);
  await vi.waitUntil(() => bodies.held === 65_536);
  sendChunk(100_000);
  await vi.waitUntil(() => bodies.held >= 101_000);
  expect(answer).toBe("");
  // Another request holds the rest, so that this body cannot grow.
  bodies.take("another", 65_536);
  for (let i = 0; i < 4; i++) sendChunk(100_000);
  socket.write("0\r\n\r\n");
  await vi.waitUntil(() => answer !== "");
  expect(answer).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*too_many_requests/i);
  await vi.waitUntil(() => bodies.held === 65_536);
  // The connection is not spent: the rest of the body was read and thrown away.
  answer = "";
  bodies.give("another", 65_536);
  socket.write(`POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: ${jsonType}\r\nContent-Length: 2\r\n\r\n{}`);
  await vi.waitUntil(() => answer !== "");
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  socket.destroy();
});

describe("tokens", () => {
  const resolveTenant = createTenantResolver([
    { token: "token-of-brand-a", tenantIds: ["brand-a"] },
    { token: "token-of-gateway", tenantIds: ["brand-a", "brand-b"] },
  ]);
  const bodyFor = (tenant: string) => encodeJson(tracesOf([good], undefined, [text("spanledger.tenant", tenant)]));

  test.each([
    ["none", {}],
    ["unknown", { authorization: "Bearer token-of-nobody" }],
    ["of another scheme", { authorization: "Basic token-of-brand-a" }],
  ])("a token that is %s: 503, so that a Collector keeps its queue", async (_title, headers) => {
    const server = await start({ resolveTenant });
    const answer = await post(server, bodyFor("brand-a"), { "content-type": jsonType, ...headers });
    expect([answer.status, answer.headers.has("retry-after")]).toEqual([503, true]);
    expect(answer.body.toString()).not.toContain("token-of-nobody");
    expect(server.answered.map(({ outcome }) => outcome)).toEqual(["unauthenticated"]);
    expect(server.submitted).toEqual([]);
  });

  test("a token fixes the tenant; a gateway's believes the resource, within its list", async () => {
    const server = await start({ resolveTenant });
    const send = (token: string, tenant: string) =>
      post(server, bodyFor(tenant), { "content-type": jsonType, authorization: `Bearer ${token}` });
    expect((await send("token-of-brand-a", "brand-b")).status).toBe(200);
    expect((await send("token-of-gateway", "brand-b")).status).toBe(200);
    const unknown = await send("token-of-gateway", "brand-c");
    expect([unknown.status, unknown.headers.has("retry-after")]).toEqual([503, true]);
    expect(unknown.body.toString()).toContain("unknown_tenant");
    expect(server.submitted.map(({ events }) => events[0]!.tenantId)).toEqual(["brand-a", "brand-b"]);
  });
});

test("an aborted body submits nothing and is noted as aborted, and the server goes on", async () => {
  const server = await start();
  const { port } = new URL(server.url);
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: ${protobufType}\r\nContent-Length: 1000\r\n\r\nhalf`,
  );
  socket.resume();
  socket.end();
  await once(socket, "close");
  expect(server.submitted).toEqual([]);
  expect(server.answered.map(({ outcome, status }) => [outcome, status])).toEqual([["aborted", 0]]);
  expect(
    (await post(server, encodeProtobuf("traces", tracesOf([good])), { "content-type": protobufType })).status,
  ).toBe(200);
});

test("another way to write the address is answered alike: the router finds it, not the way in front of it", async () => {
  const server = await start();
  const body = encodeProtobuf("traces", tracesOf([good]));
  for (const path of ["/v1/traces?from=here", "/v1/trace%73"]) {
    const answer = await post(server, body, { "content-type": protobufType }, path);
    expect([answer.status, answer.body.length, answer.type]).toEqual([200, 0, protobufType]);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  }
  expect(server.submitted).toHaveLength(2);
  expect((await post(server, Buffer.from("x"), { "content-type": protobufType }, "/v1/logs?a")).status).toBe(400);
  expect((await post(server, body, { "content-type": protobufType }, "/v1/tracesx")).status).toBe(404);
});

test("every answer says nosniff and its length, and keeps the connection", async () => {
  const server = await start();
  const body = encodeProtobuf("traces", tracesOf([good, bad]));
  for (const type of [protobufType, "text/plain"]) {
    const { status, headers, body: answer } = await post(server, body, { "content-type": type });
    expect(headers.get("x-content-type-options"), String(status)).toBe("nosniff");
    expect(headers.get("content-length")).toBe(String(answer.length));
    expect(headers.get("connection")).toBe("keep-alive");
  }
});

test("while the receiver stops, each answer closes its connection", async () => {
  let draining = false;
  const server = await start({ isDraining: () => draining });
  const body = encodeJson(tracesOf([good]));
  expect((await post(server, body, { "content-type": jsonType })).headers.get("connection")).toBe("keep-alive");
  draining = true;
  for (const path of ["/v1/traces", "/v1/logs", "/v1/metrics"]) {
    expect((await post(server, body, { "content-type": jsonType }, path)).headers.get("connection")).toBe("close");
  }
});

test("where not even a refusal can be said, the connection is closed, the fault told and the server goes on", async () => {
  const faults: unknown[] = [];
  const broken = new Error("the counters of requests are broken");
  let isBroken = true;
  const server = await start({
    onFault: (error) => faults.push(error),
    onRequest: () => {
      if (isBroken) throw broken;
    },
  });
  const body = encodeJson(tracesOf([good]));
  await expect(post(server, body, { "content-type": jsonType })).rejects.toThrow("fetch failed");
  expect(faults).toContain(broken);
  isBroken = false;
  expect((await post(server, body, { "content-type": jsonType })).status).toBe(200);
});

test("ordinary traces are taken without being submitted", async () => {
  const server = await start();
  const span = spanOf([], { name: "GET /", attributes: [int("http.response.status_code", 200)] });
  expect((await post(server, encodeJson(tracesOf([span], "http")), { "content-type": jsonType })).status).toBe(200);
  expect(server.submitted).toEqual([]);
});

test.each([
  ["a token of one tenant waits undecoded", ["brand-a"], false],
  [
    "a gateway's token is decoded where it has many bodies, since only they say whose they are",
    ["brand-a", "brand-b"],
    true,
  ],
])("while the next batches are full, what comes with %s", async (_title, tenantIds, isDecoded) => {
  const taken = vi.fn<() => void>();
  const server = await start({
    resolveTenant: createTenantResolver([{ token: "token-of-the-sender", tenantIds }]),
    bodies: new FairShares(1024 * 1024),
    ingest: {
      submit: async ({ events }) => {
        taken();
        return { inserted: events.length, duplicates: 0, refused: [] };
      },
      whenRoom: () => new Promise(() => {}),
    },
  });
  const resource = tenantIds.length > 1 ? [text("spanledger.tenant", "brand-b")] : [];
  const large = eventOf("session.start", [text("session_id", "s-1"), text("note", "x".repeat(30_000))], time);
  const body = Buffer.from(encodeJson(tracesOf([spanOf([large, large, large])], undefined, resource)));
  const headers = { "content-type": jsonType, authorization: "Bearer token-of-the-sender" };
  const controller = new AbortController();
  // Some 90 kB each: four are more than the quarter of a MiB from which they are decoded.
  for (let i = 0; i < 4; i++) {
    fetch(`${server.url}/v1/traces`, { method: "POST", body, headers, signal: controller.signal }).catch(() => {});
  }
  if (isDecoded) await vi.waitFor(() => expect(taken).toHaveBeenCalled(), 10_000).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  // The server closes once nobody waits for an answer.
  controller.abort();
  expect(taken.mock.calls.length > 0).toBe(isDecoded);
  // The last one fits into the quarter.
  expect(taken.mock.calls.length).toBeLessThan(4);
});
