import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

/** One connection, bytes as a client writes them. */
function open(url: string): { socket: Socket; send: (text: string | Buffer) => void; read: () => Promise<Answer> } {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  let received = Buffer.alloc(0);
  let arrived = (): void => {};
  let ended = false;
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    arrived();
  });
  socket.on("close", () => {
    ended = true;
    arrived();
  });
  const read = async (): Promise<Answer> => {
    for (;;) {
      const head = received.indexOf("\r\n\r\n");
      if (head >= 0) {
        const [status = "", ...lines] = received.subarray(0, head).toString("latin1").split("\r\n");
        const headers = new Map(
          lines.map((line) => [
            line.slice(0, line.indexOf(":")).toLowerCase(),
            line.slice(line.indexOf(":") + 1).trim(),
          ]),
        );
        const end = head + 4 + Number(headers.get("content-length") ?? 0);
        if (received.length >= end) {
          const body = Buffer.from(received.subarray(head + 4, end));
          received = received.subarray(end);
          return { status: Number(status.split(" ")[1]), headers, body };
        }
      }
      if (ended) throw new Error("the connection was closed without an answer");
      await new Promise<void>((resolve) => (arrived = resolve));
    }
  };
  return { socket, send: (text) => void socket.write(text), read };
}

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

function request(path: string, type: string, body: string | Buffer, more = ""): Buffer {
  const bytes = Buffer.from(body as string);
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n${more}Content-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** A span event in OTLP/JSON, with ids, times and kinds as a test wants them written. */
function span(fields: string, event: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"session.start",${fields},"events":[{"name":"session.start",${event},"attributes":[{"key":"session_id","value":{"stringValue":"${randomUUID()}"}}]}]}]}]}]}`;
}

const nanoseconds = `${Date.now()}123456`;
const upperCase = { trace: "9F0C21D47AB35E688D1E4F6072B3C5A9", span: "C07A3DF51E9B2468" };

describe("raw HTTP", () => {
  test("ids are hexadecimal in either case, kinds are numbers, 64-bit integers are strings or numbers", async () => {
    const { url, database } = await startTestReceiver();
    const client = open(url);
    const ids = `"traceId":"${upperCase.trace}","spanId":"${upperCase.span}","kind":1`;
    for (const time of [`"${nanoseconds}"`, nanoseconds]) {
      client.send(request("/v1/traces", "application/json", span(ids, `"timeUnixNano":${time}`)));
      expect(await client.read()).toMatchObject({ status: 200 });
    }
    const { rows } = await database.pool.query(
      "select trace_id, span_id, extract(epoch from occurred_at) * 1000 as ms from analytics_events",
    );
    const row = { trace_id: upperCase.trace.toLowerCase(), span_id: upperCase.span.toLowerCase() };
    expect(rows).toMatchObject([row, row]);
    expect(rows.map(({ ms }) => Number(ms))).toEqual([
      Number(nanoseconds.slice(0, 13)),
      Number(nanoseconds.slice(0, 13)),
    ]);
  });

  test("names in snake_case are known, and other unknown members are ignored", async () => {
    const { url, database } = await startTestReceiver();
    const client = open(url);
    const ids = `"traceId":"${upperCase.trace}","spanId":"${upperCase.span}","later":[1,{"x":null}]`;
    const camel = span(ids, `"timeUnixNano":"${nanoseconds}"`);
    const count = async () => (await database.pool.query("select from analytics_events")).rowCount;
    const snake = camel.replaceAll(
      /"(\w+)":/g,
      (_, name: string) => `"${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
    );
    expect(snake).toContain('"string_value"');
    for (const [body, rows] of [
      [camel.replace('"attributes"', '"attributes_"'), 0],
      [snake, 1],
      [camel.replaceAll("session.start", "session.end"), 2],
    ] as const) {
      client.send(request("/v1/traces", "application/json", body));
      const answer = await client.read();
      expect([answer.status, answer.body.toString(), await count()]).toEqual([200, "{}", rows]);
    }
  });

  test("both encodings on one connection, one after the other and without waiting for answers", async () => {
    const { url } = await startTestReceiver();
    const client = open(url);
    const json = request("/v1/traces", "application/json", "{}");
    const protobuf = request("/v1/traces", "application/x-protobuf", "");
    client.send(json);
    expect((await client.read()).headers.get("content-type")).toBe("application/json");
    client.send(Buffer.concat([protobuf, json, protobuf]));
    const types: (string | undefined)[] = [];
    for (let i = 0; i < 3; i++) types.push((await client.read()).headers.get("content-type"));
    expect(types).toEqual(["application/x-protobuf", "application/json", "application/x-protobuf"]);
  });

  test("a body in chunks, without a length, and one that is announced with Expect", async () => {
    const { url, database } = await startTestReceiver();
    const client = open(url);
    const ids = `"traceId":"${upperCase.trace}","spanId":"${upperCase.span}"`;
    const [body, announced] = [1, 2].map(() => span(ids, `"timeUnixNano":"${nanoseconds}"`)) as [string, string];
    const head = "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    const middle = Math.floor(body.length / 2);
    const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
    client.send(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk(body.slice(0, middle))}`);
    client.send(`${chunk(body.slice(middle))}0\r\n\r\n`);
    expect((await client.read()).status).toBe(200);
    client.send(`${head}Expect: 100-continue\r\nContent-Length: ${announced.length}\r\n\r\n`);
    expect((await client.read()).status).toBe(100);
    client.send(announced);
    expect((await client.read()).status).toBe(200);
    expect((await database.pool.query("select from analytics_events")).rowCount).toBe(2);
  });

  test("a connection is kept longer than Go's idle timeout of 90 s", async () => {
    const { url } = await startTestReceiver();
    const client = open(url);
    client.send(request("/v1/traces", "application/json", "{}"));
    const answer = await client.read();
    expect(Number(/timeout=(\d+)/.exec(answer.headers.get("keep-alive") ?? "")?.[1])).toBeGreaterThan(90);
  });

  test("bytes that are not HTTP are answered 400 and closed, and the receiver goes on", async () => {
    const { url } = await startTestReceiver();
    const client = open(url);
    client.send("SPANS please\r\n\r\n");
    expect((await client.read()).status).toBe(400);
    await expect(client.read()).rejects.toThrow("closed");
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  test("a body that is cut off is closed without an answer, which a sender would take for the last word", async () => {
    const { url } = await startTestReceiver();
    for (const framing of ["Content-Length: 1000", "Transfer-Encoding: chunked"]) {
      const client = open(url);
      const type = "Content-Type: application/json";
      client.send(`POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n${type}\r\n${framing}\r\n\r\n`);
      client.send(framing.startsWith("T") ? "20\r\n{" : "{");
      client.socket.end();
      await expect(client.read()).rejects.toThrow("closed without an answer");
    }
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  test("no answer comes near 4 MiB, whatever is wrong with however many events", async () => {
    const { url } = await startTestReceiver();
    const attribute = `{"key":"session_id","value":{"stringValue":"${"x".repeat(500)}"}}`;
    const event = `{"name":"session.start","timeUnixNano":"${nanoseconds}","attributes":[${attribute}]}`;
    const spans = Array.from({ length: 2000 }, () => `{"name":"x","events":[${event}]}`).join(",");
    const client = open(url);
    client.send(request("/v1/traces", "application/json", `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans}]}]}]}`));
    const answer = await client.read();
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ partialSuccess: { rejectedSpans: "2000" } });
    expect(answer.body.length).toBeLessThan(4096);
  });
});
