import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { misdirections, type Misdirection } from "../../../collector-receiver/src/receiving/misdirections.ts";
import { logsWith, tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver, type TestReceiver } from "../../support/start-test-receiver.ts";

const json = { "content-type": "application/json" };
const session = (id: string) => ({ name: "session.start", attributes: { session_id: id } });

/** How many requests of each kind were counted, of those with any. */
async function countsOf({ url }: TestReceiver): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = [...text.matchAll(/^spanledger_misdirected_requests_total\{kind="(\w+)"\} (\d+)$/gm)];
  expect(new Set(found.map(([, kind]) => kind))).toEqual(new Set(Object.keys(misdirections)));
  return Object.fromEntries(found.filter(([, _kind, n]) => n !== "0").map(([, kind, n]) => [kind, Number(n)]));
}

/** The log's lines on misdirected requests. */
function linesOf({ log }: TestReceiver) {
  return log.filter((line) => line["misdirected"] !== undefined);
}

function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** All that comes until the other side closes. */
async function readToEnd(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  await once(socket, "end");
  return Buffer.concat(pieces).toString();
}

test("paths that are written wrongly are served, counted, and logged once with the remedy", async () => {
  const receiver = await startTestReceiver();
  const { url, database } = receiver;
  const paths: readonly (readonly [path: string, kind: Misdirection])[] = [
    ["/v1/traces/", "trailing_slash"],
    ["//v1/traces", "double_slash"],
    ["/v1/trace", "singular_path"],
    ["/v1/traces/v1/traces", "doubled_path"],
    ["/v1/logs/", "trailing_slash"],
    ["/v1/traces/v1/logs", "doubled_path"],
  ];
  for (const [index, [path]] of paths.entries()) {
    const body = !path.includes("logs") ? tracesWith([session(`${index}`)]) : logsWith([session(`${index}`)]);
    const answer = await fetch(`${url}${path}?token=secret`, { method: "POST", headers: json, body });
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, "{}"]);
  }
  const { rows } = await database.pool.query("select session_id from analytics_events order by session_id");
  expect(rows.map(({ session_id: id }) => id)).toEqual(paths.map((_, index) => `${index}`));
  expect(await countsOf(receiver)).toEqual({ trailing_slash: 2, double_slash: 1, singular_path: 1, doubled_path: 2 });
  const lines = linesOf(receiver);
  expect(lines.map(({ misdirected, path }) => [misdirected, path])).toEqual(
    paths.slice(0, 4).map(([path, kind]) => [kind, path]),
  );
  for (const { misdirected, msg, address } of lines) {
    expect(msg).toContain(misdirections[misdirected as Misdirection].remedy);
    expect(address).toBe("127.0.0.1");
  }
  expect(JSON.stringify(receiver.log)).not.toContain("secret");
  const get = await fetch(`${url}/v1/traces/`);
  expect([get.status, get.headers.get("allow")]).toEqual([405, "POST"]);
  await get.text();
});

test("other paths below /v1/, and OTLP that is posted elsewhere, are 404 with the remedy, and counted", async () => {
  const receiver = await startTestReceiver();
  const post = (path: string, type: string, body = "{}") =>
    fetch(receiver.url + path, { method: "POST", headers: { "content-type": type }, body });
  for (const path of ["/v1/profiles", "/v1/events", "/v1/", "/", "/v2/traces", "/opentelemetry/v1/traces"]) {
    const answer = await post(path, "application/json", tracesWith([session("x")]));
    expect([path, answer.status]).toEqual([path, 404]);
    expect(await answer.json()).toEqual({ code: 5, message: expect.stringContaining("/v1/traces") });
  }
  const protobuf = await post("/v1/profiles", "application/x-protobuf", "");
  expect([protobuf.status, protobuf.headers.get("content-type")]).toEqual([404, "application/x-protobuf"]);
  await protobuf.arrayBuffer();
  expect((await (await fetch(`${receiver.url}/v1/nothing`)).text()).length).toBeGreaterThan(0);
  expect(await countsOf(receiver)).toEqual({ unknown_path: 8 });
  // Nobody's mistake about OTLP.
  expect((await fetch(`${receiver.url}/nothing`)).status).toBe(404);
  const form = await post("/report", "application/x-www-form-urlencoded", "a=b");
  expect([form.status, Object.keys((await form.json()) as object)]).toEqual([405, ["error"]]);
  expect(await countsOf(receiver)).toEqual({ unknown_path: 8 });
});

test("gRPC over HTTP/1.1 is 415 with the remedy, at a path of gRPC or of OTLP", async () => {
  const receiver = await startTestReceiver();
  for (const [path, type] of [
    ["/opentelemetry.proto.collector.trace.v1.TraceService/Export", "application/grpc"],
    ["/opentelemetry.proto.collector.logs.v1.LogsService/Export", "application/grpc-web+proto"],
    ["/v1/traces", "application/grpc"],
  ] as const) {
    const answer = await fetch(receiver.url + path, { method: "POST", headers: { "content-type": type }, body: "x" });
    expect([path, answer.status]).toEqual([path, 415]);
    expect(await answer.text()).toContain("http/protobuf");
  }
  expect(await countsOf(receiver)).toEqual({ grpc: 3 });
});

test("a gRPC client is told by GOAWAY what to change, and takes its call as not begun", async () => {
  const receiver = await startTestReceiver();
  const session = connectHttp2(receiver.url);
  onTestFinished(() => session.destroy());
  session.on("error", () => {});
  const call = session.request({
    ":method": "POST",
    ":path": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "content-type": "application/grpc",
  });
  call.on("error", () => {});
  call.end("x".repeat(100_000));
  const [code, lastStream, reason] = (await once(session, "goaway")) as [number, number, Buffer];
  expect([code, lastStream]).toEqual([constants.NGHTTP2_NO_ERROR, 0]);
  expect(reason.toString()).toContain("http/protobuf");
  expect(await countsOf(receiver)).toEqual({ http2: 1 });
  expect(linesOf(receiver)).toMatchObject([{ misdirected: "http2", requests: 1 }]);
});

test("TLS, headers beyond 16 KiB and other bytes are answered with the remedy, and the receiver goes on", async () => {
  const receiver = await startTestReceiver();
  const { port } = new URL(receiver.url);
  const tls = connectTls({ host: "127.0.0.1", port: Number(port) });
  onTestFinished(() => void tls.destroy());
  const [refused] = (await once(tls, "error")) as [Error];
  // What came is not TLS: a reset would be taken for a broken network.
  expect(refused.message).toMatch(/wrong version number|packet length|record/);

  const large = open(receiver.url);
  const answer = readToEnd(large);
  large.write(`POST /v1/traces HTTP/1.1\r\nHost: x\r\nBaggage: ${"a=b,".repeat(5000)}\r\n`);
  // Goes on as a sender that writes all before it reads.
  for (let i = 0; i < 20; i++) {
    large.write("x".repeat(50_000));
    await sleep(2);
  }
  expect(await answer).toMatch(/^HTTP\/1\.1 431 [\s\S]*Remove large headers/);

  const other = open(receiver.url);
  const told = readToEnd(other);
  other.write("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\nPOST /v1/traces HTTP/1.1\r\n\r\n");
  expect(await told).toMatch(/^HTTP\/1\.1 400 [\s\S]*PROXY protocol/);
  expect(await told).toContain("x-content-type-options: nosniff");

  expect((await fetch(`${receiver.url}/livez`)).status).toBe(200);
  expect(await countsOf(receiver)).toEqual({ tls: 1, headers_too_large: 1, malformed_http: 1 });
});
