import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { DecodeTurns } from "../../../collector-receiver/src/receiving/decode-turns.ts";

test("one decode a turn of the event loop, in the order in which they came", async () => {
  const turns = new DecodeTurns();
  const order: string[] = [];
  const decodes = ["a", "b"].map((name) => turns.next("brand").then(() => order.push(name)));
  await setImmediate();
  expect(order).toEqual(["a"]);
  await Promise.all(decodes);
  expect(order).toEqual(["a", "b"]);
});

test("requests wait undecoded while there is no room, and all are decoded afterwards", async () => {
  let room: PromiseWithResolvers<void> | undefined = Promise.withResolvers();
  const turns = new DecodeTurns(() => room?.promise);
  let decoded = 0;
  const decodes = [1, 2, 3].map(() => turns.next("brand").then(() => decoded++));
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  expect(decoded).toBe(0);
  room.resolve();
  room = undefined;
  await Promise.all(decodes);
  expect(decoded).toBe(3);
});

test("senders take turns: one with many requests delays only its own", async () => {
  const turns = new DecodeTurns();
  const order: string[] = [];
  const ask = (sender: string, name: string) => turns.next(sender).then(() => order.push(name));
  await Promise.all([ask("a", "a1"), ask("a", "a2"), ask("a", "a3"), ask("b", "b1"), ask("c", "c1"), ask("b", "b2")]);
  expect(order).toEqual(["a1", "b1", "c1", "a2", "b2", "a3"]);
});

test("a request that cannot wait is decoded although there is no room, as soon as that is so", async () => {
  const turns = new DecodeTurns(() => new Promise(() => {}));
  let cannotWait = false;
  const order: string[] = [];
  const ask = (name: string) => turns.next("gateway", () => cannotWait).then(() => order.push(name));
  const first = ask("first");
  for (let turn = 0; turn < 3; turn++) await setImmediate();
  expect(order).toEqual([]);
  cannotWait = true;
  await Promise.all([first, ask("second")]);
  expect(order).toEqual(["first", "second"]);
});
