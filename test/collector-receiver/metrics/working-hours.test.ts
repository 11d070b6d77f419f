import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createWorkingCalendar,
  parseWorkingHours,
  weekdays,
  workingMsBetween,
} from "../../../collector-receiver/src/metrics/working-hours.ts";
import type { WorkingHours } from "../../../collector-receiver/src/metrics/working-hours.ts";

const minute = 60_000;
const hour = 60 * minute;

const worlds = [
  { timezone: "Asia/Shanghai", around: Date.UTC(2025, 9, 1) },
  { timezone: "Asia/Kathmandu", around: Date.UTC(2025, 11, 31, 18, 15) },
  { timezone: "Europe/Berlin", around: Date.UTC(2025, 2, 30, 1) },
  { timezone: "America/New_York", around: Date.UTC(2025, 10, 2, 6) },
];

/** Ranges of a day; their ends keep away from the hours in which clocks change. */
const ranges = fc
  .uniqueArray(fc.integer({ min: 16, max: 96 }), { maxLength: 4 })
  .map((quarters) => quarters.toSorted((a, b) => a - b))
  .chain((quarters) =>
    fc.boolean().map((goesOn) => {
      const clock = (quarter: number): string =>
        `${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;
      const pairs: string[] = [];
      for (let i = 0; i + 1 < quarters.length; i += 2) {
        pairs.push(`${clock(quarters[i] as number)}-${clock(quarters[i + 1] as number)}`);
      }
      const last = quarters.at(-1);
      // Past midnight, up to 06:15.
      if (goesOn && quarters.length % 2 === 1 && last !== undefined && last < 96) pairs.push(`${clock(last)}-06:15`);
      return pairs.filter((pair) => !pair.startsWith("24"));
    }),
  )
  .filter((pairs) => pairs.every((pair) => pair.slice(0, 5) !== pair.slice(6)));

/** Whether a minute is worked, as somebody with a clock on the wall and the calendar in hand would say. */
function isWorked(hours: WorkingHours, wall: Intl.DateTimeFormat, ms: number): boolean {
  const local = wall.format(ms);
  const [today, clock] = [local.slice(0, 10), local.slice(11, 16)];
  const yesterday = new Date(Date.parse(today) - 24 * hour).toISOString().slice(0, 10);
  const rangesOn = (day: string): readonly string[] =>
    hours.days[day] ??
    (hours.holidays.includes(day)
      ? []
      : (hours.week[weekdays[(new Date(day).getUTCDay() + 6) % 7] as (typeof weekdays)[number]] ?? []));
  const isIn = (range: string, before: boolean): boolean => {
    const [from = "", to = ""] = range.split("-");
    const wraps = to <= from;
    if (before) return wraps && clock < to;
    return clock >= from && (wraps || clock < to);
  };
  return rangesOn(today).some((range) => isIn(range, false)) || rangesOn(yesterday).some((range) => isIn(range, true));
}

describe.each(worlds)("in $timezone", ({ timezone, around }) => {
  test("working time is the minutes that a wall clock shows in the ranges: weekdays, holidays, own days, midnights", () => {
    const wall = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "short" });
    const days = [-1, 0, 1].map((offset) =>
      new Date(around + offset * 24 * hour).toLocaleDateString("sv-SE", { timeZone: timezone }),
    );
    const scenario = fc.record({
      week: fc.record(Object.fromEntries(weekdays.map((weekday) => [weekday, ranges])), { requiredKeys: [] }),
      holidays: fc.subarray(days),
      days: fc.record(Object.fromEntries(days.map((day) => [day, ranges])), { requiredKeys: [] }),
      fromMinutes: fc.integer({ min: -3000, max: 1500 }),
      lasts: fc.integer({ min: 0, max: 3000 }),
    });
    fc.assert(
      fc.property(scenario, ({ fromMinutes, lasts, ...written }) => {
        const hours = parseWorkingHours(written);
        const fromMs = around + fromMinutes * minute;
        let expected = 0;
        for (let at = fromMs; at < fromMs + lasts * minute; at += minute) {
          if (isWorked(hours, wall, at)) expected += minute;
        }
        const calendar = createWorkingCalendar(timezone, hours);
        expect(workingMsBetween(calendar, fromMs, fromMs + lasts * minute)).toBe(expected);
      }),
      { numRuns: 200 },
    );
  });
});

test("parts of a minute count, and a duration of nothing is nothing", () => {
  const calendar = createWorkingCalendar(
    "Asia/Shanghai",
    parseWorkingHours({ week: { mon: ["09:00-12:00", "13:00-18:00"] } }),
  );
  const nine = Date.UTC(2025, 11, 1, 1);
  expect(workingMsBetween(calendar, nine - 5, nine + 7)).toBe(7);
  expect(workingMsBetween(calendar, nine + 7, nine + 7)).toBe(0);
  expect(workingMsBetween(calendar, nine - hour, nine + 30 * 24 * hour)).toBe(5 * 8 * hour);
  expect(workingMsBetween(calendar, nine + 2.5 * hour, nine + 4.5 * hour)).toBe(hour);
});

test("a range that begins while clocks jump begins with the jump; an hour that is shown twice counts twice", () => {
  const night = createWorkingCalendar("Europe/Berlin", parseWorkingHours({ week: { sun: ["02:30-04:00"] } }));
  const jump = Date.UTC(2025, 2, 30, 1);
  expect(night.spansOf("2025-03-30")).toEqual([{ startMs: jump, endMs: jump + hour }]);
  const back = Date.UTC(2025, 9, 26);
  expect(night.spansOf("2025-10-26")).toEqual([{ startMs: back + hour / 2, endMs: back + 3 * hour }]);
});

test.each([
  [{ week: { monday: ["09:00-18:00"] } }, 'week has "monday"'],
  [{ week: { mon: ["9-18"] } }, '"9-18", which is not a time range'],
  [{ week: { mon: ["09:00-24:30"] } }, '"09:00-24:30", which is not a time range'],
  [{ week: { mon: "09:00-18:00" } }, "week.mon is not a list"],
  [{ week: { mon: ["09:00-12:00", "11:00-18:00"] } }, "overlap"],
  [{ holidays: ["2026-02-30"] }, '"2026-02-30", which is not a day'],
  [{ days: { "14.2.": [] } }, '"14.2.", which is not a day'],
  [{ weeks: {} }, '"weeks" is not a part'],
  [[], "not an object"],
])("%j is refused: %s", (written, problem) => {
  expect(() => parseWorkingHours(written)).toThrow(problem);
});
