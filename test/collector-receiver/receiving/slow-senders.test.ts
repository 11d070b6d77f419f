import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import type { ConnectionTimes } from "../../../collector-receiver/src/receiving/create-http-server.ts";
import { buildIdleApp } from "../../support/build-idle-app.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

/** No test waits for longer than these allow; each test shortens the one that it is about. */
const long: ConnectionTimes = { keepAliveMs: 200_000, requestMs: 200_000, headersMs: 200_000, lookEveryMs: 50 };
const start = (times: Partial<ConnectionTimes>) => startTestReceiver({}, undefined, { times: { ...long, ...times } });

interface Client {
  readonly socket: Socket;
  /** Everything that the receiver has said. */
  readonly answer: () => string;
  /** Milliseconds from the connection to its end. */
  readonly closed: Promise<number>;
}

async function open(url: string): Promise<Client> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const since = performance.now();
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
  // Closed while bytes are under way, a connection ends with a reset here: that is an end too.
  const closed = new Promise<number>((resolve) => socket.once("close", () => resolve(performance.now() - since)));
  return { socket, answer: () => answer, closed };
}

const openMany = (url: string): Promise<Client[]> => Promise.all(Array.from({ length: 100 }, () => open(url)));

/** A byte now and then, for as long as the receiver bears it. */
function drip(clients: readonly Client[]): void {
  const timer = setInterval(() => {
    for (const { socket } of clients) if (socket.writable) socket.write("x");
  }, 100);
  onTestFinished(() => clearInterval(timer));
}

async function bytesHeld(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^spanledger_queue_bytes (\d+)$/m.exec(text)?.[1]);
}

const head = (fields: string): string => `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n${fields}`;

test("a hundred connections that never finish their headers are closed without an answer, while others are served", async () => {
  const { url } = await start({ headersMs: 1500 });
  const slow = await openMany(url);
  for (const { socket } of slow) socket.write(head("X-Slow: "));
  // A byte now and then does not help: the headers as a whole have their time.
  drip(slow);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const lasted = await Promise.all(slow.map(({ closed }) => closed));
  expect(Math.min(...lasted)).toBeGreaterThan(1000);
  expect(slow.map(({ answer }) => answer()).join("")).toBe("");
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});

test("a hundred bodies that never end are closed without an answer, give their memory back, and others are served", async () => {
  const { url } = await start({ requestMs: 2000, headersMs: 1000 });
  const slow = await openMany(url);
  for (const { socket } of slow) {
    socket.write(head("Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"));
  }
  drip(slow);
  // Each is counted as what it announced, before a byte of it is here.
  await expect.poll(() => bytesHeld(url), { timeout: 10_000 }).toBe(100 * 100_000);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const lasted = await Promise.all(slow.map(({ closed }) => closed));
  // Longer than headers may take: these have been here at once.
  expect(Math.min(...lasted)).toBeGreaterThan(1500);
  expect(slow.map(({ answer }) => answer()).join("")).toBe("");
  await expect.poll(() => bytesHeld(url), { timeout: 10_000 }).toBe(0);
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body: "{}" })).status).toBe(200);
});

test("connections on which nothing is ever said are closed", async () => {
  const { url } = await start({ headersMs: 1000 });
  const silent = await openMany(url);
  await Promise.all(silent.map(({ closed }) => closed));
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});

test("a connection that is idle after an answer is closed, one in use is not", async () => {
  const { url } = await start({ keepAliveMs: 500 });
  const [idle, used] = await Promise.all([open(url), open(url)]);
  const ask = async ({ socket, answer }: Client, answers: number): Promise<void> => {
    socket.write("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await expect.poll(() => answer().split("HTTP/1.1 200 OK").length - 1, { timeout: 5000 }).toBe(answers);
  };
  await ask(idle, 1);
  let over = false;
  const end = idle.closed.then(() => (over = true));
  let asked = 0;
  for (; !over; await sleep(100)) await ask(used, ++asked);
  await end;
  expect(asked).toBeGreaterThan(3);
  await ask(used, asked + 1);
  await used.closed;
});

test("unless told otherwise headers have 20 s, requests two minutes, idle connections longer than Go's 90 s", async () => {
  const app = await buildIdleApp();
  const { headersTimeout, requestTimeout, keepAliveTimeout } = app.server;
  expect({ headersTimeout, requestTimeout, keepAliveTimeout }).toEqual({
    headersTimeout: 20_000,
    requestTimeout: 120_000,
    keepAliveTimeout: 120_000,
  });
});
