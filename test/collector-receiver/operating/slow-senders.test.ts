import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

test("a hundred connections that never finish their headers are closed without an answer, while others are served", async () => {
  const { url } = await startTestReceiver();
  const slow = await Promise.all(Array.from({ length: 100 }, () => open(url)));
  let answered = 0;
  for (const socket of slow) {
    socket.on("data", () => answered++);
    socket.write("POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
  }
  // A byte now and then does not help: the headers as a whole have their time.
  const drip = setInterval(() => slow.forEach((socket) => socket.writable && socket.write("x")), 500);
  onTestFinished(() => clearInterval(drip));
  const closed = Promise.all(slow.map((socket) => once(socket, "close")));
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  await closed;
  expect(answered).toBe(0);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});
