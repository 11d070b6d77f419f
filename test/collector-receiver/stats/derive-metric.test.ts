import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveMetric, deriveQuantile, partsOf } from "../../../collector-receiver/src/metrics/derive-metric.ts";
import { bucketOf } from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import { fractionOf, roundHalfUp } from "../../../collector-receiver/src/metrics/exact-fraction.ts";
import { formatMetric } from "../../../collector-receiver/src/metrics/format-metric.ts";
import {
  counterMetrics,
  metricDictionary,
  metricOf,
} from "../../../collector-receiver/src/metrics/metric-dictionary.ts";
import { businessCounterColumns } from "../../../collector-receiver/src/metrics/counter-columns.ts";
import { noCounters } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import type { Counters, MetricDefinition } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import { feedbackMetrics } from "../../../collector-receiver/src/metrics/feedback-metrics.ts";
import { resolutionMetrics } from "../../../collector-receiver/src/metrics/resolution-metrics.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";

type CounterMetric = Exclude<MetricDefinition, { kind: "quantile" }>;
const counterMetric = (key: string): CounterMetric => metricOf(key) as CounterMetric;
const textOf = (key: string, counters: Partial<Counters>, locale: "zh-CN" | "en" = "zh-CN", currency = "CNY"): string =>
  deriveMetric(counterMetric(key), { ...noCounters, ...counters }, locale, currency).formatted;

describe("rounding", () => {
  it("writes a rate half up on the exact fraction", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 12n), fc.bigInt(1n, 10n ** 12n), (resolved, sessions) => {
        const text = textOf("ai_resolution_rate", {
          ai_resolved_sessions: String(resolved),
          total_sessions: String(sessions),
        });
        expect(text).toMatch(/^[\d,]+\.\d%$/);
        const tenths = BigInt(text.replace(/[.,%]/g, ""));
        // tenths - ½ <= 1000 × resolved / sessions < tenths + ½
        const doubled = 2000n * resolved;
        expect((2n * tenths - 1n) * sessions <= doubled && doubled < (2n * tenths + 1n) * sessions).toBe(true);
      }),
    );
  });

  it("rounds exact halves up, where binary arithmetic would not", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 999n), fc.bigInt(1n, 10n ** 9n), (tenths, scale) => {
        const text = textOf("ai_resolution_rate", {
          ai_resolved_sessions: String((2n * tenths + 1n) * scale),
          total_sessions: String(2000n * scale),
        });
        const rounded = tenths + 1n;
        expect(text).toBe(`${rounded / 10n}.${rounded % 10n}%`);
        // The least that lies below a half stays below: nothing is rounded twice.
        const below = textOf("ai_resolution_rate", {
          ai_resolved_sessions: String((2n * tenths + 1n) * scale - 1n),
          total_sessions: String(2000n * scale),
        });
        expect(below).toBe(`${tenths / 10n}.${tenths % 10n}%`);
      }),
    );
    expect((0.285).toFixed(2)).toBe("0.28");
    expect(roundHalfUp(fractionOf("0.285"), 2)).toBe("0.29");
  });

  it("rounds halves away from 0 below 0, as PostgreSQL does", () => {
    expect(roundHalfUp(fractionOf("-1.25"), 1)).toBe("-1.3");
    expect(roundHalfUp(fractionOf("-0.04"), 1)).toBe("0.0");
  });

  it("refuses anything but a plain decimal", () => {
    for (const text of ["", "NaN", "1e5", "Infinity", "1.", ".5", " 1"]) expect(() => fractionOf(text)).toThrow(text);
  });
});

describe("text", () => {
  it("is null and — if the denominator is 0", () => {
    for (const metric of counterMetrics.filter(({ kind }) => kind === "ratio")) {
      expect(deriveMetric(metric, noCounters, "en", "CNY")).toMatchObject({ value: null, formatted: "—" });
    }
  });

  const durations: readonly [string, Partial<Counters>, string, string][] = [
    ["avg_response_time_ms", { total_response_time_ms: "1500", responses_timed: "1" }, "1.5秒", "1.5 s"],
    ["avg_response_time_ms", { total_response_time_ms: "2000", responses_timed: "1" }, "2秒", "2 s"],
    ["avg_response_time_ms", { total_response_time_ms: "450", responses_timed: "1" }, "0.5秒", "0.5 s"],
    ["avg_response_time_ms", { total_response_time_ms: "49", responses_timed: "1" }, "49毫秒", "49 ms"],
    ["avg_response_time_ms", { total_response_time_ms: "0", responses_timed: "1" }, "0秒", "0 s"],
    ["avg_first_response_ms", { first_wait_ms: "30400", first_waits_known: "1" }, "30秒", "30 s"],
    ["avg_first_response_ms", { first_wait_ms: "499", first_waits_known: "1" }, "0.5秒", "0.5 s"],
    ["avg_handle_time_sec", { handle_ms: "480000", handles_known: "1" }, "8分钟", "8 min"],
    ["avg_handle_time_sec", { handle_ms: "500000", handles_known: "1" }, "8.3分钟", "8.3 min"],
    ["avg_handle_time_sec", { handle_ms: "45250", handles_known: "1" }, "45秒", "45 s"],
    ["avg_handle_time_sec", { handle_ms: "59990", handles_known: "1" }, "1分钟", "1 min"],
    ["avg_handle_time_sec", { handle_ms: "0", handles_known: "1" }, "0秒", "0 s"],
    ["avg_resolution_hours", { resolution_ms: "14400000", resolutions_timed: "1" }, "4小时", "4 h"],
    ["avg_resolution_hours", { resolution_ms: "13500000", resolutions_timed: "1" }, "3.8小时", "3.8 h"],
    ["avg_resolution_hours", { resolution_ms: "129600000", resolutions_timed: "1" }, "36小时", "36 h"],
    ["avg_resolution_hours", { resolution_ms: "172799999", resolutions_timed: "1" }, "2天", "2 days"],
    ["avg_resolution_hours", { resolution_ms: "432000000", resolutions_timed: "1" }, "5天", "5 days"],
    ["avg_resolution_hours", { resolution_ms: "1800000", resolutions_timed: "1" }, "30分钟", "30 min"],
    ["avg_resolution_hours", { resolution_ms: "3600", resolutions_timed: "1" }, "3.6秒", "3.6 s"],
    ["total_work_minutes", { total_work_minutes: "28800.5" }, "480小时", "480 h"],
  ];
  it.each(durations)("%s of %j is %s and %s", (key, counters, zh, en) => {
    expect(textOf(key, counters)).toBe(zh);
    expect(textOf(key, counters, "en")).toBe(en);
  });

  it.each([
    ["46230", "CNY", "¥46,230", "¥46,230"],
    ["54200.5", "CNY", "¥54,201", "¥54,201"],
    ["100", "CNY", "¥100", "¥100"],
    ["99.995", "CNY", "¥100", "¥100"],
    ["99.994", "CNY", "¥99.99", "¥99.99"],
    ["12.5", "EUR", "€12.50", "€12.50"],
    ["0.004", "EUR", "€0.00", "€0.00"],
    ["0", "CNY", "¥0.00", "¥0.00"],
    ["-99.994", "CNY", "\u2212¥99.99", "\u2212¥99.99"],
    ["-100", "CNY", "\u2212¥100", "\u2212¥100"],
    // No coin is smaller than a yen, and a dinar has a thousand fils.
    ["12.5", "JPY", "JP¥13", "¥13"],
    ["1.2345", "KWD", "KWD\u00a01.23", "KWD\u00a01.23"],
  ])("money of %s %s is %s and %s: two decimals below 100", (saved, currency, zh, en) => {
    const counters = { estimated_cost_saved: saved };
    expect(textOf("estimated_cost_saved", counters, "zh-CN", currency)).toBe(zh);
    expect(textOf("estimated_cost_saved", counters, "en", currency)).toBe(en);
  });

  it("keeps every digit of a large number", () => {
    expect(textOf("total_messages", { total_messages: "9007199254740993" })).toBe("9,007,199,254,740,993");
    const half = fractionOf("1.005");
    expect(formatMetric(half, "ratio", { style: "number", digits: 2 }, "en", "")).toBe("1.01");
  });
});

describe("quantiles", () => {
  it("are at most 2 % off the nearest rank", () => {
    const p90 = metricOf("response_time_p90_ms") as Extract<MetricDefinition, { kind: "quantile" }>;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 31_536_000_000 }), { minLength: 1, maxLength: 300 }), (values) => {
        const buckets = values.map((ms) => ({ bucket: bucketOf(ms), count: 1 }));
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(0.9 * sorted.length) - 1] as number;
        const derived = deriveQuantile(p90, buckets, "en");
        expect(Math.abs((derived.value as number) - exact)).toBeLessThanOrEqual(0.02 * exact + 0.001);
        expect(derived.denominator).toBe(values.length);
      }),
    );
  });

  it("of nothing are null and —", () => {
    for (const metric of metricDictionary) {
      if (metric.kind !== "quantile") continue;
      expect(deriveQuantile(metric, [], "zh-CN")).toMatchObject({ value: null, formatted: "—", low_sample: true });
    }
  });
});

describe("dictionary", () => {
  it("has every key once, named and explained in both languages", () => {
    const keys = metricDictionary.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { name, meaning } of metricDictionary) {
      for (const { en, zh } of [name, meaning]) {
        expect(en).not.toBe("");
        expect(zh).toMatch(/\p{Script=Han}|p\d/u);
      }
    }
  });

  it("shows every counter in some metric", () => {
    const shown = new Set(
      counterMetrics.flatMap((metric) => [
        ...metric.numerator.add,
        ...(metric.kind === "ratio" ? metric.denominator.add : []),
      ]),
    );
    // The operations document shows those of tickets.
    const ofOperations = ["first_resolutions", "tickets_reopened", "backlog_change", "backlog_unassigned_change"];
    const hidden = new Set(["total_response_time_ms", "total_first_response_ms", ...ofOperations]);
    expect(businessCounterColumns.filter((column) => !shown.has(column) && !hidden.has(column))).toEqual([]);
  });
});

describe("derived columns", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.drop());

  it("are the dictionary's values, rounded the same in SQL and in text", async () => {
    const { rows: columns } = await database.pool.query<{ column_name: string }>(
      `select column_name from information_schema.columns
       where table_name = 'analytics_business_metrics' and is_generated = 'ALWAYS'`,
    );
    const derived = columns.map(({ column_name }) => column_name);
    // Those beside the plan's are derived when they are read, so that no update computes them.
    const beside = new Set([...resolutionMetrics, ...feedbackMetrics]);
    const ratios = counterMetrics.filter(
      (metric) => metric.kind === "ratio" && !beside.has(metric) && !/^avg_(later|first_resolution)_/.test(metric.key),
    );
    expect(derived.toSorted()).toEqual(ratios.map(({ key }) => key).toSorted());
    const stored = businessCounterColumns.filter((column) => column !== "estimated_cost_saved");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.nat(5), fc.nat(2000)), { minLength: stored.length, maxLength: stored.length }),
        async (amounts) => {
          const { rows } = await database.pool.query(
            `insert into analytics_business_metrics (tenant_id, period_type, period_value, period_start, ${stored.join(", ")})
             values (gen_random_uuid()::text, 'day', '2025-12-25', '2025-12-25', ${stored.map((_, at) => `$${at + 1}`).join(", ")})
             returning ${derived.map((column) => `round(${column}, 1)::text as ${column}`).join(", ")}`,
            amounts,
          );
          const counters: Counters = {
            ...noCounters,
            ...Object.fromEntries(stored.map((column, at) => [column, String(amounts[at])])),
          };
          for (const metric of ratios) {
            const { value } = partsOf(metric, counters);
            expect(value === null ? null : roundHalfUp(value, 1), metric.key).toBe(rows[0][metric.key]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
