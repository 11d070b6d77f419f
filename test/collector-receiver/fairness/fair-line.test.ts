import fc from "fast-check";
import { expect, test } from "vitest";
import { FairLine } from "../../../collector-receiver/src/fairness/fair-line.ts";

/** What a line should do, in the plainest way: an array of owners with an array of items each. */
class PlainLine {
  readonly lanes: [owner: string, items: number[]][] = [];
  push(owner: string, item: number): void {
    const lane = this.lanes.find(([of]) => of === owner);
    if (lane === undefined) this.lanes.push([owner, [item]]);
    else lane[1].push(item);
  }
  putBack(owner: string, item: number): void {
    const lane = this.lanes.find(([of]) => of === owner);
    if (lane === undefined) this.lanes.push([owner, [item]]);
    else lane[1].unshift(item);
  }
  next(): number | undefined {
    const lane = this.lanes.shift();
    const item = lane?.[1].shift();
    if (lane !== undefined && lane[1].length > 0) this.lanes.push(lane);
    return item;
  }
}

test("owners take turns, and each owner's items stay in order", () => {
  const step = fc.record({
    does: fc.constantFrom("push", "push", "putBack", "next"),
    owner: fc.constantFrom("a", "b", "c"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const line = new FairLine<number>();
      const plain = new PlainLine();
      for (const [item, { does, owner }] of steps.entries()) {
        if (does === "next") {
          expect(line.first).toBe(plain.lanes[0]?.[1][0]);
          expect(line.next()).toBe(plain.next());
        } else {
          line[does as "push" | "putBack"](owner, item);
          plain[does as "push" | "putBack"](owner, item);
        }
        expect(line.length).toBe(plain.lanes.flatMap(([, items]) => items).length);
        expect([...line.heads()]).toEqual(plain.lanes.map(([, items]) => items[0]));
      }
    }),
  );
});

test("a long lane is as it was after thousands have left it", () => {
  const line = new FairLine<number>();
  for (let i = 0; i < 10_000; i++) line.push("a", i);
  for (let i = 0; i < 6000; i++) expect(line.next()).toBe(i);
  line.putBack("a", 5999);
  line.push("b", -1);
  expect([line.next(), line.next(), line.next()]).toEqual([5999, -1, 6000]);
  for (let i = 6001; i < 10_000; i++) expect(line.next()).toBe(i);
  expect([line.length, line.next(), line.first]).toEqual([0, undefined, undefined]);
});
