import fc from "fast-check";
import { expect, test } from "vitest";
import { noCounters } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import type { MetricValue } from "../../../collector-receiver/src/metrics/derive-metric.ts";
import type { Counters } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import { isFew, restsOnFew } from "../../../collector-receiver/src/web/report/report-context.ts";
import type { ReportContext } from "../../../collector-receiver/src/web/report/report-context.ts";
import { textsOf } from "../../../collector-receiver/src/web/report/choose-texts.ts";
import { marksOf } from "../../../collector-receiver/src/web/charts/mark-annotations.ts";
import { openingOf } from "../../../collector-receiver/src/stats/story-en.ts";
import type { StoryMaterial } from "../../../collector-receiver/src/stats/story-material.ts";
import { stepsOf } from "../../../collector-receiver/src/web/report/report-steps.ts";

/** A December of which as many days have begun as `counts` has, with so many tickets on each. */
function december(counts: readonly number[], least: number | null): ReportContext {
  const dayOf = (i: number): string => `2025-12-${String(i + 1).padStart(2, "0")}`;
  const days = new Map<string, Counters>(
    counts.map((count, i) => [dayOf(i), { ...noCounters, tickets_created: String(count) }]),
  );
  const reading = { period: { startDate: "2025-12-01", endDate: "2025-12-31" }, today: dayOf(counts.length - 1) };
  return { material: { steps: days, stepType: "day", reading }, locale: "en", least } as unknown as ReportContext;
}

const ticketsOf = ({ counters }: { readonly counters: Counters | null }): number =>
  Number(counters?.tickets_created ?? 0);

test("no step of a shared copy rests on few; together the steps are the whole month", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 1, maxLength: 31 }),
      fc.integer({ min: 2, max: 40 }),
      (counts, least) => {
        const context = december(counts, least);
        const total = counts.reduce((sum, count) => sum + count, 0);
        const steps = stepsOf(context, (counters) => isFew(context, Number(counters.tickets_created)));
        if (steps === null) {
          expect(total).toBeGreaterThan(0);
          expect(total).toBeLessThan(least);
          return;
        }
        for (const step of steps) expect(isFew(context, ticketsOf(step))).toBe(false);
        expect(steps.reduce((sum, step) => sum + ticketsOf(step), 0)).toBe(total);
      },
    ),
  );
});

test("the house's own report has its days, however few; a shared copy names the days that it joins", () => {
  const counts = [3, 12, 0, 4, 5, 6, 7, 20, 20, 20];
  const own = december(counts, null);
  expect(
    stepsOf(own, () => false)
      ?.map(({ short }) => short)
      .slice(0, 3),
  ).toEqual(["1", "2", "3"]);
  const shared = december(counts, 10);
  const steps = stepsOf(shared, (counters) => isFew(shared, Number(counters.tickets_created)));
  expect(steps?.map(({ name, short, counters }) => [name, short, Number(counters?.tickets_created)])).toEqual([
    ["Dec 1 – 7", "1–7", 37],
    ["Dec 8 – 10", "8–10", 60],
  ]);
});

test.each([
  ["three days of a month", "day", [3, 9, 16], 3],
  ["each day of a month", "day", Array.from({ length: 31 }, (_, i) => i + 1), 31],
  ["a week of a month", "week", [3], 1],
  ["most weeks of a quarter", "week", [1, 8, 15, 22, 29, 36], 0],
] as const)("annotations are marked unless they tell nothing apart: %s", (_, stepType, days, marks) => {
  const { material } = december([5], null);
  const period = {
    startDate: "2025-12-01",
    endDate: days.length > 5 && stepType === "week" ? "2026-02-28" : "2025-12-31",
  };
  const calendar = { dayOf: (ms: number) => new Date(ms).toISOString().slice(0, 10) };
  const annotations = days.map((day) => ({
    kind: "note",
    atMs: Date.UTC(2025, 11, day, 12),
    subject: "",
    text: `note ${day}`,
  }));
  const context = {
    texts: textsOf("en"),
    locale: "en",
    least: null,
    material: { ...material, stepType, annotations, reading: { ...material.reading, period, calendar } },
  } as unknown as ReportContext;
  expect(marksOf(context).map(({ label }) => label)).toEqual(Array.from({ length: marks }, (_, i) => String(i + 1)));
});

test.each([
  ["2026-01-01", "2026-12-31", "2026", "In 2026"],
  ["2026-10-01", "2026-12-31", "Q4 2026", "In Q4 2026"],
  ["2026-11-01", "2026-11-30", "November 2026", "In November 2026"],
  ["2026-11-02", "2026-11-08", "November 2 – 8, 2026", "In the week of November 2 – 8, 2026"],
  ["2026-11-02", "2026-11-20", "November 2 – 20, 2026", "In the period November 2 – 20, 2026"],
  ["2026-11-02", "2026-11-02", "November 2, 2026", "On November 2, 2026"],
])("a summary of %s to %s begins as one says it", (startDate, endDate, periodName, opening) => {
  const reading = { period: { startDate, endDate } };
  expect(openingOf({ reading, isCurrentMonth: false, periodName } as unknown as StoryMaterial)).toBe(opening);
});

test.each([
  ["a count of few", { unit: "count", numerator: 9, denominator: null }, true],
  ["a count of none", { unit: "count", numerator: 0, denominator: null }, false],
  ["a count of enough", { unit: "count", numerator: 10, denominator: null }, false],
  ["a rate over few", { unit: "percent", numerator: 9, denominator: 9 }, true],
  ["a rate over enough", { unit: "percent", numerator: 12, denominator: 100 }, false],
  ["a rate whose few could be counted back from it", { unit: "percent", numerator: 3, denominator: 100 }, true],
  ["an average over few", { unit: "ms", numerator: 90_000, denominator: 9 }, true],
  ["an average over enough, small as it is", { unit: "ms", numerator: 5, denominator: 100 }, false],
  ["money of few sessions", { unit: "currency", numerator: 90, denominator: null }, true],
])("in a shared copy %s is withheld or not; in the house nothing is", (_, value, withheld) => {
  const counters: Counters = { ...noCounters, ai_resolved_sessions: "9" };
  const metric = value as unknown as MetricValue;
  expect(restsOnFew(december([1], 10), metric, counters)).toBe(withheld);
  expect(restsOnFew(december([1], null), metric, counters)).toBe(false);
});
