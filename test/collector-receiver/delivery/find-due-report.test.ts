import fc from "fast-check";
import { expect, test } from "vitest";
import {
  findDueReport,
  type ScheduleState,
} from "../../../collector-receiver/src/delivery/schedule/find-due-report.ts";

const weekly = { cron: "0 9 * * 1", period: "week" } as const;
const monthly = { cron: "0 9 1 * *", period: "month" } as const;
const at = (iso: string): number => Date.parse(iso);
const longAgo: ScheduleState = { sinceMs: 0, sentThrough: null };
const days = (from: string, to: string) => ({ startDate: from, endDate: to });

test("a week is due on Monday at 09:00 of the business timezone, not a millisecond before, and once", () => {
  const sent = { sinceMs: 0, sentThrough: "2026-11-22" };
  expect(findDueReport(weekly, "Asia/Shanghai", sent, at("2026-11-30T00:59:59.999Z"))).toBeNull();
  expect(findDueReport(weekly, "Asia/Shanghai", sent, at("2026-11-30T01:00:00Z"))).toEqual(
    days("2026-11-23", "2026-11-29"),
  );
  const now = { sinceMs: 0, sentThrough: "2026-11-29" };
  expect(findDueReport(weekly, "Asia/Shanghai", now, at("2026-12-07T00:59:59Z"))).toBeNull();
  expect(findDueReport(weekly, "Asia/Shanghai", now, at("2026-12-07T01:00:00Z"))).not.toBeNull();
});

test("a receiver that was down sends one report, late: of the last period", () => {
  const sent = { sinceMs: 0, sentThrough: "2026-08-31" };
  expect(findDueReport(monthly, "Europe/Berlin", sent, at("2026-12-03T17:00:00Z"))).toEqual(
    days("2026-11-01", "2026-11-30"),
  );
});

test("a schedule that is new makes up for nothing", () => {
  const sinceMs = at("2026-11-30T01:00:01Z");
  expect(findDueReport(weekly, "Asia/Shanghai", { sinceMs, sentThrough: null }, sinceMs + 3_600_000)).toBeNull();
  const before = { sinceMs: at("2026-11-30T00:59:00Z"), sentThrough: null };
  expect(findDueReport(weekly, "Asia/Shanghai", before, sinceMs)).not.toBeNull();
});

test.each([
  ["day", "30 8 * * *", "2026-03-01T08:30:00Z", days("2026-02-28", "2026-02-28")],
  ["week", "0 9 * * 3", "2027-01-06T09:00:00Z", days("2026-12-28", "2027-01-03")],
  ["quarter", "0 9 1 1,4,7,10 *", "2027-01-01T09:00:00Z", days("2026-10-01", "2026-12-31")],
  ["year", "0 9 1 1 *", "2027-01-01T09:00:00Z", days("2026-01-01", "2026-12-31")],
  ["month", "0 9 L * *", "2026-02-28T09:00:00Z", days("2026-01-01", "2026-01-31")],
] as const)("of a %s, by %s, the last one that is over is due", (period, cron, now, range) => {
  expect(findDueReport({ period, cron }, "UTC", longAgo, at(now))).toEqual(range);
});

test("09:00 stays 09:00 on the wall across a change of clocks", () => {
  const daily = { cron: "0 9 * * *", period: "day" } as const;
  for (const [day, utc] of [
    ["2026-03-28", "08:00"],
    ["2026-03-29", "07:00"],
    ["2026-10-25", "08:00"],
    ["2026-10-24", "07:00"],
  ]) {
    const due = (ms: number) => findDueReport(daily, "Europe/Berlin", longAgo, ms)?.endDate;
    const then = at(`${day}T${utc}:00Z`);
    expect([due(then - 1), due(then)].map((end) => end?.slice(8))).toEqual(
      [2, 1].map((before) => new Date(then - before * 86_400_000).toISOString().slice(8, 10)),
    );
  }
});

test("a time that the clocks leave out comes late, and one that they repeat comes once", () => {
  const daily = { cron: "30 2 * * *", period: "day" } as const;
  const sentOn = (from: string, hours: number): string[] => {
    let sentThrough: string | null = null;
    const sent: string[] = [];
    for (let hour = 0; hour <= hours * 4; hour++) {
      const due = findDueReport(daily, "Europe/Berlin", { sinceMs: at(from), sentThrough }, at(from) + hour * 900_000);
      if (due !== null) sent.push((sentThrough = due.endDate));
    }
    return sent;
  };
  // 02:30 is left out on 29 March, and comes twice on 25 October.
  expect(sentOn("2026-03-28T12:00:00Z", 40)).toEqual(["2026-03-28", "2026-03-29"]);
  expect(sentOn("2026-10-24T12:00:00Z", 40)).toEqual(["2026-10-24", "2026-10-25"]);
});

const timezones = ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"];

test("whatever the timezone is changed to, and however rarely somebody looks, no week is sent twice, and none is left out", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ hours: fc.integer({ min: 1, max: 80 }), timezone: fc.constantFrom(...timezones) }), {
        minLength: 20,
        maxLength: 60,
      }),
      (looks) => {
        let nowMs = at("2026-02-02T00:00:00Z");
        const sinceMs = nowMs;
        let sentThrough: string | null = null;
        const sent: string[] = [];
        for (const { hours, timezone } of looks) {
          nowMs += hours * 3_600_000;
          const due = findDueReport(weekly, timezone, { sinceMs, sentThrough }, nowMs);
          if (due !== null) sent.push((sentThrough = due.endDate));
        }
        // At most 80 h pass between two looks, so each week that is over is seen before the next one is.
        const weeks = sent.map((end) =>
          Math.round((at(`${end}T00:00:00Z`) - at(`${sent[0]}T00:00:00Z`)) / 604_800_000),
        );
        expect(weeks).toEqual(weeks.map((_, index) => index));
        // In the westernmost timezone Monday 09:00 is 20:00 UTC; after that and the next look nothing may be missing.
        const isSafe = nowMs - sinceMs > 8 * 86_400_000;
        if (isSafe) expect(sent.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 100 },
  );
});
