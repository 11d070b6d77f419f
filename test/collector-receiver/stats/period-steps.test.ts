import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import {
  calendarKindsAt,
  calendarPeriodOf,
  daysIn,
  nextRangeOf,
  previousRangeOf,
} from "../../../collector-receiver/src/metrics/calendar-ranges.ts";
import type { CalendarKind, DayRange } from "../../../collector-receiver/src/metrics/calendar-ranges.ts";
import type { Counters } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import { periodOfPage, periodAddress, periodSlug } from "../../../collector-receiver/src/stats/name-period.ts";
import { readSteps, stepTypeOf, stepsIn } from "../../../collector-receiver/src/stats/read-steps.ts";
import { counterRangeOf, parsePeriod } from "../../../collector-receiver/src/stats/report-period.ts";
import { readCounters } from "../../../collector-receiver/src/stats/sql/read-counters.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { seedDay } from "./seed-counters.ts";

const kinds = ["day", "week", "month", "quarter", "year"] as const satisfies readonly CalendarKind[];
const day = fc.integer({ min: 0, max: 12_000 }).map((number) => addDays("1999-12-25", number));
const range = fc
  .record({ first: day, days: fc.integer({ min: 1, max: 1200 }) })
  .map(({ first, days }): DayRange => ({ startDate: first, endDate: addDays(first, days - 1) }));
const anyRange = fc.oneof(
  range,
  fc.record({ day, kind: fc.constantFrom(...kinds) }).map(({ day: at, kind }) => calendarKindsAt(at)[kind]),
);

describe("the steps of a range", () => {
  test("are the range, each day once, in order, and few enough to draw", () => {
    fc.assert(
      fc.property(anyRange, (whole) => {
        const steps = stepsIn(whole, stepTypeOf(whole));
        expect(steps[0]?.startDate).toBe(whole.startDate);
        expect(steps.at(-1)?.endDate).toBe(whole.endDate);
        steps.forEach((step, place) => {
          expect(daysIn(step)).toBeGreaterThan(0);
          if (place > 0) expect(step.startDate).toBe(addDays((steps[place - 1] as DayRange).endDate, 1));
        });
        expect(steps.length).toBeLessThanOrEqual(92);
      }),
    );
  });

  test.each([
    ["2025-12-01", "2025-12-31", "day"],
    ["2025-10-01", "2025-12-31", "day"],
    ["2025-01-01", "2025-12-31", "month"],
    ["2025-01-02", "2025-12-31", "week"],
    ["2023-01-02", "2025-12-31", "month"],
  ])("from %s to %s are a %s each", (startDate, endDate, type) => {
    expect(stepTypeOf({ startDate, endDate })).toBe(type);
  });

  test("have the counters of their days, cut weeks and months too", async () => {
    const { pool } = await useTestDatabase();
    for (let number = 0; number < 140; number += 3) {
      await seedDay(pool, "default", addDays("2024-11-20", number), { total_sessions: number + 1, rating_sum: 2 });
    }
    for (const [startDate, endDate, type] of [
      ["2024-11-22", "2025-04-03", "week"],
      ["2024-11-22", "2025-04-03", "month"],
      ["2024-12-01", "2025-02-28", "month"],
      ["2024-12-02", "2024-12-29", "week"],
      ["2024-12-03", "2024-12-05", "week"],
      ["2024-12-03", "2024-12-20", "day"],
    ] as const) {
      const steps = stepsIn({ startDate, endDate }, type);
      const read = await readSteps(pool, "default", { startDate, endDate }, type);
      const sums = await readCounters(
        pool,
        "default",
        steps.map((step) => ({ periodType: "day" as const, first: step.startDate, last: step.endDate })),
      );
      steps.forEach((step, place) => {
        const own = read.get(step.startDate)?.total_sessions ?? "0";
        expect([step, own]).toEqual([step, (sums[place] as Counters).total_sessions]);
      });
      expect([...read.keys()].every((first) => steps.some((step) => step.startDate === first))).toBe(true);
    }
  });
});

describe("the name of a period in an address", () => {
  test("leads back to the same days", () => {
    fc.assert(
      fc.property(anyRange, (whole) => {
        const { startDate, endDate } = parsePeriod(periodOfPage(periodAddress(whole)), "2026-06-15");
        expect({ startDate, endDate }).toEqual(whole);
        expect(periodSlug(whole)).toMatch(/^[\dQW-]+(_[\d-]+)?$/);
      }),
    );
  });

  test.each([
    [{ month: "2025-12" }, { month: "2025-12" }],
    [{ period: "2025-W52", month: "2025-11" }, { month: "2025-11" }],
    [{ from: "singlemessage" }, {}],
    [{ from: "2025-12-01" }, {}],
    [{ from: "2025-12-01", to: "timeline" }, {}],
    [
      { from: "2025-12-01", to: "2025-12-10" },
      { from: "2025-12-01", to: "2025-12-10" },
    ],
    [{ period: "2025", from: "singlemessage" }, { period: "2025" }],
    [{ end_date: "2025-12-10" }, { start_date: undefined, end_date: "2025-12-10" }],
  ])("of a page, %j, is %j", (query, period) => {
    expect(periodOfPage(query)).toEqual(period);
  });
});

test("the range after a range is the one that it stands before", () => {
  fc.assert(
    fc.property(anyRange, (whole) => {
      const after = nextRangeOf(whole);
      expect(after.startDate).toBe(addDays(whole.endDate, 1));
      // A range of other days that happens to fill a month is a month.
      const isSameKind = calendarPeriodOf(after)?.kind === calendarPeriodOf(whole)?.kind;
      if (isSameKind) expect(previousRangeOf(after)).toEqual(whole);
    }),
  );
});

test("a day lies in the day, week, month, quarter and year that it lies in", () => {
  fc.assert(
    fc.property(day, (at) => {
      const around = calendarKindsAt(at);
      for (const kind of kinds) {
        expect(calendarPeriodOf(around[kind])?.kind).toBe(kind);
        expect(around[kind].startDate <= at && at <= around[kind].endDate).toBe(true);
      }
      expect(counterRangeOf(around.year).periodType).toBe("month");
    }),
  );
});
