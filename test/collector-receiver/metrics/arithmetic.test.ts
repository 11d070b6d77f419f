import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDays,
  addMonths,
  createBusinessCalendar,
  daysInMonth,
  periodsOf,
  weekOf,
} from "../../../collector-receiver/src/metrics/business-calendar.ts";
import {
  bucketCount,
  bucketOf,
  quantileOf,
  bucketValue,
} from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import { fromScaledInteger, toScaledInteger } from "../../../collector-receiver/src/metrics/scale-decimal.ts";
import { isBefore } from "../../../collector-receiver/src/metrics/session-facts.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";

describe("fractions become integers once", () => {
  test.each([
    [1.005, 2, 101],
    [0.0005, 3, 1],
    [0.00049, 3, 0],
    [1e-7, 6, 0],
    [5e-7, 6, 1],
    [123.456, 3, 123456],
    [2 ** 31 + 0.5, 0, 2 ** 31 + 1],
    [7, 3, 7000],
  ])("%d with %d digits is %d", (value, digits, scaled) => {
    expect(toScaledInteger(value, digits)).toBe(scaled);
  });

  test("PostgreSQL rounds the same number to the same integer", async () => {
    const { pool } = await useTestDatabase();
    // Halves too, which binary arithmetic puts on either side.
    const halves = fc.integer({ min: 0, max: 10_000_000 }).map((n) => (n * 10 + 5) / 10_000);
    const values = fc.sample(fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), halves), 2000);
    const { rows } = await pool.query(
      "select round(v::text::numeric * 1000)::bigint::text as scaled from unnest($1::text[]) with ordinality as t (v, i) order by i",
      [values.map(String)],
    );
    expect(rows.map((row) => Number(row.scaled))).toEqual(values.map((value) => toScaledInteger(value, 3)));
  });

  test("the decimal text is the integer back", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(6), (scaled, digits) => {
        const text = fromScaledInteger(scaled, digits);
        expect(BigInt(text.replace(".", ""))).toBe(BigInt(scaled));
        expect(text.includes(".") ? text.length - text.indexOf(".") - 1 : 0).toBe(digits);
      }),
    );
  });
});

describe("duration histogram", () => {
  test("the value of a bucket is at most 2 % from every value in it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 87_600 * 3_600_000 }), (ms) => {
        expect(Math.abs(bucketValue(bucketOf(ms)) - ms) / ms).toBeLessThanOrEqual(0.02);
      }),
      { numRuns: 5000 },
    );
    expect(bucketValue(bucketOf(0))).toBe(0);
    // Above ten years it counts as ten years.
    expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(bucketCount - 1);
    expect(bucketCount).toBeLessThan(1000);
  });

  test("a quantile of merged histograms is at most 2 % from the true one", () => {
    const durations = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99), (values, q) => {
        const buckets = values.map((value) => ({ bucket: bucketOf(value), count: 1 }));
        const truth = values.toSorted((a, b) => a - b)[Math.ceil(q * values.length) - 1] as number;
        const estimate = quantileOf(buckets, q) as number;
        expect(Math.abs(estimate - truth)).toBeLessThanOrEqual(truth * 0.02);
      }),
    );
    expect(quantileOf([], 0.5)).toBeNull();
  });
});

describe("business calendar", () => {
  const zones = [
    "Asia/Shanghai",
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
  ];

  test.each(zones)("PostgreSQL has the same hour, day, week and month in %s", async (timezone) => {
    const { pool } = await useTestDatabase();
    const calendar = createBusinessCalendar(timezone);
    const instants = fc.sample(fc.integer({ min: Date.UTC(2005, 0), max: Date.UTC(2027, 0) }), 3000);
    const { rows } = await pool.query(
      `select extract(hour from t)::int as hour, to_char(t, 'YYYY-MM-DD') as day, to_char(t, 'IYYY-"W"IW') as week, to_char(t, 'YYYY-MM') as month
       from unnest($1::bigint[]) with ordinality as i (ms, place),
         lateral (select (timestamptz 'epoch' + ms * interval '1 millisecond') at time zone $2 as t) as local
       order by place`,
      [instants, timezone],
    );
    expect(instants.map((ms) => periodsOf(calendar.dayOf(ms)).map(({ value }) => value))).toEqual(
      rows.map(({ day, week, month }) => [day, week, month]),
    );
    expect(instants.map((ms) => calendar.hourOf(ms))).toEqual(rows.map(({ hour, day }) => ({ hour, day })));
  });

  test.each(zones)("a day starts when the one before has ended in %s", (timezone) => {
    const calendar = createBusinessCalendar(timezone);
    for (let day = "2025-01-01"; day < "2026-01-01"; day = addDays(day, 1)) {
      const start = calendar.startOfDay(day);
      expect(calendar.dayOf(start)).toBe(day);
      expect(calendar.dayOf(start - 1)).toBe(addDays(day, -1));
    }
  });

  test("weeks belong to the year of their Thursday; months are added across years", () => {
    expect(weekOf("2025-12-29")).toBe("2026-W01");
    expect(weekOf("2027-01-03")).toBe("2026-W53");
    expect(addMonths("2025-11", 3)).toBe("2026-02");
    expect(addMonths("2026-01", -1)).toBe("2025-12");
    expect(daysInMonth("2028-02")).toBe(29);
  });
});

test('texts are compared as PostgreSQL\'s collate "C" compares them', async () => {
  const { pool } = await useTestDatabase();
  const texts = [...new Set([...fc.sample(fc.string({ unit: "grapheme", maxLength: 5 }), 400), "\uffee", "𝒳", ""])];
  const clean = texts.filter((text) => !text.includes("\0"));
  const { rows } = await pool.query('select t from unnest($1::text[]) as t order by t collate "C"', [clean]);
  expect(clean.toSorted((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0))).toEqual(rows.map((row) => row.t));
});
