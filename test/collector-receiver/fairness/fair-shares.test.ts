import fc from "fast-check";
import { expect, test } from "vitest";
import { FairShares } from "../../../collector-receiver/src/fairness/fair-shares.ts";

test("whoever takes what fits leaves as much for a newcomer as each has at most, and all of it can be given back", () => {
  const wish = fc.record({ owner: fc.integer({ min: 0, max: 4 }), amount: fc.integer({ min: 1, max: 400 }) });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 200 }), (wishes) => {
      const shares = new FairShares(1000);
      const taken = wishes.filter(({ owner, amount }) => {
        if (shares.exceeds(`owner-${owner}`, amount) !== undefined) return false;
        shares.take(`owner-${owner}`, amount);
        return true;
      });
      const free = shares.total - shares.held;
      const owners = new Set(taken.map(({ owner }) => owner));
      for (const owner of owners) expect(shares.heldBy(`owner-${owner}`)).toBeLessThanOrEqual(1000 / 2);
      // The last of n owners left free at least what it has, as did each before it.
      expect(free).toBeGreaterThanOrEqual(Math.floor(1000 / 2 ** owners.size));
      if (free >= 2) expect(shares.exceeds("newcomer", Math.floor(free / 2))).toBeUndefined();
      for (const { owner, amount } of taken) shares.give(`owner-${owner}`, amount);
      expect(shares.held).toBe(0);
    }),
  );
});

test("a steady flood of several owners settles at equal shares, one of which is free", () => {
  const shares = new FairShares(1000);
  // Each takes what it can and gives a little back, again and again.
  for (let round = 0; round < 2000; round++) {
    for (const owner of ["a", "b", "c"]) {
      if (shares.exceeds(owner, 1) === undefined) shares.take(owner, 1);
      else if (round % 2 === 0) shares.give(owner, 1);
    }
  }
  for (const owner of ["a", "b", "c"]) expect(Math.abs(shares.heldBy(owner) - 250)).toBeLessThan(5);
  expect(shares.exceeds("a", 10)).toBe("own");
  expect(shares.exceeds("newcomer", 120)).toBeUndefined();
  expect(shares.exceeds("newcomer", 130)).toBe("all");
});

test("if nothing is held, more than a share fits; an owner that is alone has everything", () => {
  const shares = new FairShares(1000);
  expect(shares.exceeds("a", 5000)).toBeUndefined();
  shares.take("a", 5000);
  expect([shares.exceeds("a", 1), shares.exceeds("b", 1)]).toEqual(["own", "all"]);
  const alone = new FairShares(1000, false);
  alone.take("a", 600);
  expect([alone.exceeds("a", 400), alone.exceeds("a", 401)]).toEqual([undefined, "all"]);
});
