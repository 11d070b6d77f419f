import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { LongBodyTurns } from "../../../collector-receiver/src/receiving/long-body-turns.ts";

test("one long body at a time, and tenants take turns", async () => {
  const turns = new LongBodyTurns();
  const order: string[] = [];
  let running = 0;
  const work = async (tenant: string, name: string) => {
    const end = await turns.take(tenant);
    expect(++running).toBe(1);
    order.push(name);
    await setImmediate();
    running--;
    end();
  };
  await Promise.all([
    ...["a1", "a2", "a3", "a4"].map((name) => work("a", name)),
    work("b", "b1"),
    work("c", "c1"),
    work("b", "b2"),
  ]);
  expect(order).toEqual(["a1", "a2", "b1", "c1", "a3", "b2", "a4"]);
  await work("c", "later");
  expect(order.at(-1)).toBe("later");
});

test("a turn that ends goes to the body that waits, not to one that comes at that moment", async () => {
  const turns = new LongBodyTurns();
  const order: string[] = [];
  const endFirst = await turns.take("a");
  const waiting = turns.take("b").then((end) => {
    order.push("waited");
    return end;
  });
  endFirst();
  const late = turns.take("c").then(() => order.push("came late"));
  const end = await waiting;
  for (let turn = 0; turn < 3; turn++) await setImmediate();
  expect(order).toEqual(["waited"]);
  end();
  await late;
  expect(order).toEqual(["waited", "came late"]);
});
