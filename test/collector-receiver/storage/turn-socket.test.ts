import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { TurnSocket } from "../../../collector-receiver/src/storage/turn-socket.ts";

test("what is corked several times within a turn is sent as one, and the next turn's as another", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = new TurnSocket();
  onTestFinished(() => void socket.destroy());
  socket.connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [[peer]] = (await Promise.all([once(server, "connection"), once(socket, "connect")])) as [[Socket], unknown];
  onTestFinished(() => void peer.destroy());

  const writes: number[] = [];
  const writev = socket._writev!.bind(socket);
  socket._writev = (chunks, done) => {
    writes.push(chunks.length);
    writev(chunks, done);
  };
  const statement = (text: string): void => {
    socket.cork();
    socket.write(`${text}: parse `);
    socket.write(`${text}: bind `);
    socket.uncork();
  };
  statement("first");
  statement("second");
  await Promise.resolve();
  statement("third");
  expect(writes).toEqual([]);
  await new Promise(setImmediate);
  expect(writes).toEqual([6]);
  statement("fourth");
  await new Promise(setImmediate);
  expect(writes).toEqual([6, 2]);
  socket.end();
  let received = "";
  for await (const chunk of peer) received += String(chunk);
  const both = (text: string): string => `${text}: parse ${text}: bind `;
  expect(received).toBe(["first", "second", "third", "fourth"].map(both).join(""));
});
