import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { DecodeTurns } from "../../../collector-receiver/src/receiving/decode-turns.ts";

test("one decode a turn of the event loop, in the order in which they came", async () => {
  const turns = new DecodeTurns();
  const order: string[] = [];
  const decodes = ["a", "b"].map((name) => turns.next().then(() => order.push(name)));
  await setImmediate();
  expect(order).toEqual(["a"]);
  await Promise.all(decodes);
  expect(order).toEqual(["a", "b"]);
});

test("requests wait undecoded while there is no room, and all are decoded afterwards", async () => {
  let room: PromiseWithResolvers<void> | undefined = Promise.withResolvers();
  const turns = new DecodeTurns(() => room?.promise);
  let decoded = 0;
  const decodes = [1, 2, 3].map(() => turns.next().then(() => decoded++));
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  expect(decoded).toBe(0);
  room.resolve();
  room = undefined;
  await Promise.all(decodes);
  expect(decoded).toBe(3);
});
