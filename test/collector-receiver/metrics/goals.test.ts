import fc from "fast-check";
import { expect, test } from "vitest";
import { addDays } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { fractionOf, toNumber } from "../../../collector-receiver/src/metrics/exact-fraction.ts";
import { goalOn, judgeGoal, parseGoal, targetOver } from "../../../collector-receiver/src/metrics/goals.ts";
import type { Goal, GoalMetric } from "../../../collector-receiver/src/metrics/goals.ts";
import { propertyRuns } from "../../support/property-runs.ts";

const percent: GoalMetric = { key: "ai_resolution_rate", unit: "percent", isSum: false, isDistinct: false };
const wait: GoalMetric = { key: "avg_first_response_ms", unit: "ms", isSum: false, isDistinct: false };
const handling: GoalMetric = { key: "avg_handle_time_sec", unit: "s", isSum: false, isDistinct: false };

test.each([
  ["ai_resolution_rate >= 85", percent, ">=", "85"],
  ["  ai_resolution_rate>=85.5% ", percent, ">=", "85.5"],
  ["ai_resolution_rate ≤ 100 %", percent, "<=", "100"],
  ["avg_first_response_ms <= 45s", wait, "<=", "45000"],
  ["avg_first_response_ms <= 1.5 min", wait, "<=", "90000"],
  ["avg_handle_time_sec ≥ 250ms", handling, ">=", "0.25"],
  ["avg_handle_time_sec <= 100s", handling, "<=", "100"],
] as const)("%j is read in the metric's unit", (text, metric, comparison, target) => {
  expect(parseGoal(text, metric)).toEqual({ metric: metric.key, comparison, target });
});

test.each([
  ["ai_resolution_rate > 85", percent, "is not a goal"],
  ["ai_resolution_rate", percent, "is not a goal"],
  ["ai_resolution_rate >= 85,5", percent, "is not a goal"],
  ["ai_resolution_rate >= -1", percent, "is not a goal"],
  ["ai_resolution_rate >= 1e2", percent, "is not a goal"],
  ["ai_resolution_rate >= 100.5", percent, "from 0 to 100"],
  ["ai_resolution_rate >= 85s", percent, 'not in "s"'],
  ["avg_first_response_ms <= 45%", wait, 'not in "%"'],
] as const)("%j is refused by name", (text, metric, words) => {
  expect(() => parseGoal(text, metric)).toThrow(words);
});

const monthly: Goal = {
  metric: "total_sessions",
  validFrom: "2026-01-01",
  comparison: ">=",
  target: "3100",
  per: "month",
};
const over = (goal: Goal, startDate: string, endDate: string, isDistinct = false): number | null => {
  const target = targetOver(goal, { startDate, endDate }, isDistinct);
  return target && toNumber(target);
};

test("the target of a sum grows with the days of its own period, and is whole for that period", () => {
  expect(over(monthly, "2026-01-01", "2026-01-31")).toBe(3100);
  expect(over(monthly, "2026-02-01", "2026-02-28")).toBe(3100);
  expect(over(monthly, "2026-01-05", "2026-01-05")).toBe(100);
  expect(over(monthly, "2026-01-31", "2026-02-14")).toBe(1650);
  expect(over(monthly, "2026-01-01", "2026-12-31")).toBe(37_200);
  expect(over({ ...monthly, per: "week" }, "2026-01-05", "2026-01-05")).toBeCloseTo(442.857143, 6);
  expect(over({ ...monthly, per: "day" }, "2026-01-05", "2026-01-06")).toBe(6200);
  expect(over({ ...monthly, per: null }, "2026-01-05", "2026-03-06")).toBe(3100);
});

test("distinct customers have a target for their own period only", () => {
  expect(over(monthly, "2026-01-01", "2026-01-31", true)).toBe(3100);
  expect(over(monthly, "2026-01-01", "2026-01-30", true)).toBeNull();
  expect(over(monthly, "2026-01-01", "2026-03-31", true)).toBeNull();
});

test("the targets of days add up to that of any range, whatever the period of the goal", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 800 }),
      fc.integer({ min: 0, max: 70 }),
      fc.constantFrom("day", "week", "month"),
      (from, more, per) => {
        const days = Array.from({ length: more + 1 }, (_, i) => addDays("2025-11-20", from + i));
        const goal = { ...monthly, per } as const;
        const [first, last] = [days[0]!, days.at(-1)!];
        const sum = days.reduce((total, day) => total + over(goal, day, day)!, 0);
        expect(over(goal, first, last)).toBeCloseTo(sum, 3);
      },
    ),
    { numRuns: propertyRuns(50) },
  );
});

test("of several goals of a metric the one holds that began last", () => {
  const goals: Goal[] = [
    { ...monthly, validFrom: "2026-03-01", target: "2" },
    { ...monthly, validFrom: "2026-01-01", target: "1" },
    { ...monthly, metric: "other", validFrom: "2026-03-02", target: "9" },
  ];
  expect(
    ["2025-12-31", "2026-01-01", "2026-02-28", "2026-03-01"].map((day) => goalOn(goals, "total_sessions", day)?.target),
  ).toEqual([undefined, "1", "1", "2"]);
});

test.each([
  [">=", "85", false, "met"],
  [">=", "84.999999", false, "missed"],
  ["<=", "85", false, "met"],
  ["<=", "85.000001", false, "missed"],
  // A sum that grows: only what is passed decides.
  [">=", "84", true, "open"],
  [">=", "85", true, "met"],
  ["<=", "84", true, "open"],
  ["<=", "86", true, "missed"],
] as const)("%s 85 with %s, still growing: %s, is %s", (comparison, value, grows, verdict) => {
  expect(judgeGoal(comparison, fractionOf("85"), fractionOf(value), grows)).toBe(verdict);
});

test("without a value there is no verdict", () => {
  expect(judgeGoal(">=", fractionOf("1"), null, false)).toBeNull();
});
