import { describe, expect, test } from "vitest";
import { createBusinessCalendar } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { hourOccurrences } from "../../../collector-receiver/src/metrics/hour-occurrences.ts";

const later = Date.UTC(2027, 0);

describe("how often an hour of a weekday occurs", () => {
  test("is as often as the weekday, in a month without a change of clocks", () => {
    const counts = hourOccurrences(
      { startDate: "2025-12-01", endDate: "2025-12-31" },
      createBusinessCalendar("Asia/Shanghai"),
      later,
    );
    // December 2025 begins on a Monday.
    expect(counts).toEqual([5, 5, 5, 4, 4, 4, 4].map((times) => Array.from({ length: 24 }, () => times)));
  });

  test.each([
    ["twice if clocks go back", "America/New_York", "2025-11-02", 1, 2],
    ["never if they are put forward", "America/New_York", "2025-03-09", 2, 0],
    ["half as long if half an hour is left out", "Australia/Lord_Howe", "2025-10-05", 2, 0.5],
    ["one and a half times if half an hour is repeated", "Australia/Lord_Howe", "2025-04-06", 1, 1.5],
  ] as const)("is %s", (_, zone, day, changed, times) => {
    const counts = hourOccurrences({ startDate: day, endDate: day }, createBusinessCalendar(zone), later);
    expect(counts[6]).toEqual(Array.from({ length: 24 }, (_none, hour) => (hour === changed ? times : 1)));
    expect(counts.slice(0, 6).flat()).toEqual(Array.from({ length: 6 * 24 }, () => 0));
  });

  test("counts the hours of today that have begun, the present one as a whole", () => {
    const shanghai = createBusinessCalendar("Asia/Shanghai");
    const until = { startDate: "2025-12-23", endDate: "2025-12-31" };
    // 14:05 on Thursday 25 December.
    const counts = hourOccurrences(until, shanghai, Date.UTC(2025, 11, 25, 6, 5));
    const all = Array.from({ length: 24 }, () => 1);
    expect(counts.slice(0, 5)).toEqual([
      all.map(() => 0),
      all,
      all,
      all.map((_, hour) => (hour <= 14 ? 1 : 0)),
      all.map(() => 0),
    ]);
  });

  test("counts the present hour as a whole also on a day on which clocks are changed", () => {
    const newYork = createBusinessCalendar("America/New_York");
    const day = { startDate: "2025-03-09", endDate: "2025-03-09" };
    // 03:10 in New York, the hour after the one that is left out.
    const counts = hourOccurrences(day, newYork, Date.UTC(2025, 2, 9, 7, 10));
    expect(counts[6]?.slice(0, 6)).toEqual([1, 1, 0, 1, 0, 0]);
  });
});
