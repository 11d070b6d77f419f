import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { businessCalendarOf } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { comparePeriods } from "../../../collector-receiver/src/stats/compare-periods.ts";
import type { ComparisonMode } from "../../../collector-receiver/src/stats/compare-periods.ts";
import { parsePeriod } from "../../../collector-receiver/src/stats/report-period.ts";

const day = 86_400_000;
const zones = ["Asia/Shanghai", "America/New_York", "Pacific/Auckland", "UTC"];

/** `2024-02-01/2024-02-10 2024-01-01/2024-01-10`: the days up to which all is known, on both sides. */
function daysOf(period: string, today: string, mode: ComparisonMode = "previous", idleThrough?: string) {
  const calendar = businessCalendarOf("Asia/Shanghai");
  const idleThroughMs = idleThrough === undefined ? null : Date.parse(`${idleThrough}+08:00`);
  const at = { calendar, today, idleTimeoutMs: day, idleThroughMs };
  const compared = comparePeriods(parsePeriod({ period }, today), mode, at);
  const text = (part: "over" | "ended" | "judged"): string | null => {
    const days = compared?.days[part];
    if (days == null) return null;
    return [days.now, days.before].map(({ startDate, endDate }) => `${startDate}/${endDate}`).join(" ");
  };
  return { over: text("over"), ended: text("ended"), judged: text("judged") };
}

describe("the days that are compared", () => {
  it.each([
    [
      "a month that is over with the whole one before",
      "2026-01",
      "2026-02-01",
      "2026-01-01/2026-01-31 2025-12-01/2025-12-31",
    ],
    ["March with the 28 days of February", "2026-03", "2026-05-01", "2026-03-01/2026-03-31 2026-02-01/2026-02-28"],
    ["a running month up to yesterday", "2025-12", "2025-12-25", "2025-12-01/2025-12-24 2025-11-01/2025-11-24"],
    ["at most all of a shorter month", "2026-03", "2026-03-31", "2026-03-01/2026-03-30 2026-02-01/2026-02-28"],
    ["nothing on the first day", "2026-03", "2026-03-01", null],
    ["nothing of a month to come", "2026-04", "2026-03-15", null],
    ["a week with the one before", "2026-W01", "2026-03-01", "2025-12-29/2026-01-04 2025-12-22/2025-12-28"],
    ["a running quarter", "2026-Q1", "2026-02-03", "2026-01-01/2026-02-02 2025-10-01/2025-11-02"],
    ["a quarter that is over", "2026-Q1", "2026-04-01", "2026-01-01/2026-03-31 2025-10-01/2025-12-31"],
    ["a year", "2025", "2026-04-01", "2025-01-01/2025-12-31 2024-01-01/2024-12-31"],
    ["a day", "2026-03-01", "2026-03-02", "2026-03-01/2026-03-01 2026-02-28/2026-02-28"],
  ])("are %s", (_, period, today, expected) => {
    expect(daysOf(period, today).over).toBe(expected);
  });

  it.each([
    ["2025-02", "2025-02-01/2025-02-28 2024-02-01/2024-02-29"],
    ["2025-Q1", "2025-01-01/2025-03-31 2024-01-01/2024-03-31"],
    ["2025", "2025-01-01/2025-12-31 2024-01-01/2024-12-31"],
    ["2025-W10", "2025-03-03/2025-03-09 2024-03-04/2024-03-10"],
    ["2020-W53", "2020-12-28/2021-01-03 2019-12-23/2019-12-29"],
    ["2024-02-29", "2024-02-29/2024-02-29 2023-02-28/2023-02-28"],
  ])("are those a year earlier: %s", (period, expected) => {
    expect(daysOf(period, "2026-06-01", "year").over).toBe(expected);
  });

  it("are a range with as many days before it, and with the same dates of the year before", () => {
    const at = { calendar: businessCalendarOf("UTC"), today: "2026-06-01", idleTimeoutMs: day, idleThroughMs: null };
    const range = { startDate: "2025-12-10", endDate: "2025-12-19" };
    expect(comparePeriods(range, "previous", at)?.whole).toEqual({ startDate: "2025-11-30", endDate: "2025-12-09" });
    expect(comparePeriods(range, "year", at)?.whole).toEqual({ startDate: "2024-12-10", endDate: "2024-12-19" });
    expect(comparePeriods(range, "none", at)).toBeNull();
  });

  it("are, for what conversations need time for, those that ended a day and an idle timeout before the watermark", () => {
    expect(daysOf("2026-03", "2026-03-10", "previous", "2026-03-10T09:00:00")).toEqual({
      over: "2026-03-01/2026-03-09 2026-02-01/2026-02-09",
      ended: "2026-03-01/2026-03-07 2026-02-01/2026-02-07",
      judged: null,
    });
    expect(daysOf("2026-03", "2026-03-10", "previous", "2026-03-10T00:00:00").ended).toBe(
      "2026-03-01/2026-03-07 2026-02-01/2026-02-07",
    );
    expect(daysOf("2026-03", "2026-03-10", "previous", "2026-03-09T23:59:59").ended).toBe(
      "2026-03-01/2026-03-06 2026-02-01/2026-02-06",
    );
    // Just over: its last conversations may go on.
    expect(daysOf("2026-03", "2026-04-01", "previous", "2026-04-01T09:00:00").ended).toBe(
      "2026-03-01/2026-03-29 2026-02-01/2026-02-28",
    );
    expect(daysOf("2026-03", "2026-04-20", "previous", "2026-04-20T09:00:00").judged).toBe(
      "2026-03-01/2026-03-31 2026-02-01/2026-02-28",
    );
    expect(daysOf("2026-03", "2026-03-10").ended).toBeNull();
  });

  it("always lie in their periods, are over, and are equally many but for the ends of periods", () => {
    const periods = fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 400 })).map(([from, length]) => ({
        from: new Date(Date.UTC(2019, 0, 1 + from)).toISOString().slice(0, 10),
        to: new Date(Date.UTC(2019, 0, 1 + from + length)).toISOString().slice(0, 10),
      })),
      fc
        .integer({ min: 2019, max: 2027 })
        .chain((year) =>
          fc
            .constantFrom(`${year}`, `${year}-Q2`, `${year}-02`, `${year}-03`, `${year}-W52`, `${year}-12-31`)
            .map((period) => ({ period })),
        ),
    );
    fc.assert(
      fc.property(
        periods,
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2019, 0, 1), max: Date.UTC(2028, 0, 1) }),
        fc.integer({ min: -3 * day, max: 40 * day }),
        fc.constantFrom(1_800_000, day, 9 * day),
        fc.constantFrom("previous" as const, "year" as const),
        (query, zone, nowMs, behindMs, idleTimeoutMs, mode) => {
          const calendar = businessCalendarOf(zone);
          const today = calendar.dayOf(nowMs);
          const period = parsePeriod(query, today);
          const compared = comparePeriods(period, mode, {
            calendar,
            today,
            idleTimeoutMs,
            idleThroughMs: nowMs - behindMs,
          });
          if (compared === null) throw new Error("something was asked for");
          expect(compared.whole.endDate < period.startDate || mode === "year").toBe(true);
          for (const [part, days] of Object.entries(compared.days)) {
            if (days === null) continue;
            const { now, before } = days;
            expect(now.startDate).toBe(period.startDate);
            expect(before.startDate).toBe(compared.whole.startDate);
            expect([now.endDate <= period.endDate, before.endDate <= compared.whole.endDate]).toEqual([true, true]);
            expect(now.endDate < today && before.endDate < today, part).toBe(true);
            const [own, other] = [now, before].map(
              ({ startDate, endDate }) => Date.parse(endDate) - Date.parse(startDate),
            );
            const isWhole = now.endDate === period.endDate || before.endDate === compared.whole.endDate;
            // Days of the other period may lie too late themselves.
            if (!isWhole && mode === "year") expect(own).toBe(other);
            if (part !== "over") {
              const restMs = nowMs - behindMs - calendar.startOfDay(now.endDate) - day;
              expect(restMs).toBeGreaterThanOrEqual(idleTimeoutMs + (part === "judged" ? 7 * day : 0) - 2 * 3_600_000);
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
