import fc from "fast-check";
import { expect, test } from "vitest";
import { addDays, periodsOf } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import {
  customerMaskOf,
  customerSlots,
  customerSlotsOf,
} from "../../../collector-receiver/src/metrics/customer-days.ts";

const days = fc.integer({ min: 0, max: 14_000 }).map((count) => addDays("2000-01-01", count));
const holds = (mask: number, slot: number): boolean => Math.floor(mask / 2 ** slot) % 2 === 1;

test("a day lies in a period exactly where one of its slots lies in the period's row and mask", () => {
  fc.assert(
    fc.property(days, fc.integer({ min: -45, max: 45 }), (day, distance) => {
      const other = addDays(day, distance);
      for (const [i, period] of periodsOf(other).entries()) {
        const mask = customerMaskOf(period.type, period.start);
        const counted = customerSlotsOf(day).some(({ month, slot }) => month === mask.month && holds(mask.days, slot));
        expect(counted, `${day} in ${period.value}`).toBe(periodsOf(day)[i]?.value === period.value);
      }
    }),
    { numRuns: 5000 },
  );
});

test("every day has one or two slots, within the row; one of them in the row of its own month", () => {
  let twice = 0;
  // 28 years: every weekday on every date of a leap year.
  const all = 10_227;
  for (let count = 0; count < all; count++) {
    const day = addDays("2000-01-01", count);
    const found = customerSlotsOf(day);
    expect(found.length).toBeLessThanOrEqual(2);
    expect(found[0]?.month).toBe(`${day.slice(0, 7)}-01`);
    for (const { slot } of found) {
      expect(slot).toBeGreaterThanOrEqual(0);
      expect(slot).toBeLessThan(customerSlots);
    }
    twice += found.length - 1;
  }
  // What the layout saves depends on it: 1.06 rows for a session, not 3.
  expect(twice / all).toBeLessThan(0.06);
});
