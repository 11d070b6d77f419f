import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { businessCounterColumns } from "../../../collector-receiver/src/metrics/counter-columns.ts";
import { businessCalendarOf } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { noCounters } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import type { Counters } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import { outcomesOf } from "../../../collector-receiver/src/stats/outcome-tree.ts";
import { metricsOfPeriod } from "../../../collector-receiver/src/stats/period-metrics.ts";
import type { PeriodStatus } from "../../../collector-receiver/src/stats/period-status.ts";
import type { PeriodReading } from "../../../collector-receiver/src/stats/read-period.ts";
import { tellSummary } from "../../../collector-receiver/src/stats/tell-story.ts";

const outcomes = [
  "outcome_open",
  "outcome_ai_assisted",
  "outcome_human_only",
  "outcome_escalated_untaken",
  "outcome_unanswered",
  "outcome_not_resolved",
  "ai_resolved_sessions",
] as const;

/** Counters whose outcomes add up, as those that are stored do. */
const arbitraryCounters = fc
  .record(Object.fromEntries(businessCounterColumns.map((column) => [column, fc.oneof(fc.constant(0), fc.nat(9_000))])))
  .map((counted): Counters => {
    const total = outcomes.reduce((sum, column) => sum + (counted[column] ?? 0), 0);
    const ofSla = { sla_known: (counted["sla_known"] ?? 0) + (counted["resolved_in_sla"] ?? 0) };
    const assumed = Math.min(counted["ai_resolved_assumed"] ?? 0, counted["ai_resolved_sessions"] ?? 0);
    const all = { ...counted, ...ofSla, total_sessions: total, ai_resolved_assumed: assumed };
    return { ...noCounters, ...Object.fromEntries(Object.entries(all).map(([key, value]) => [key, String(value)])) };
  });

const december = { startDate: "2025-12-01", endDate: "2025-12-31", month: "2025-12", running: false };
const november = { startDate: "2025-11-01", endDate: "2025-11-30" };

function readingOf(
  counters: Counters,
  before: Counters | null,
  status: PeriodStatus,
  reported: { readonly chatbotReported: boolean; readonly workbenchReported: boolean; readonly aiAnswered: boolean },
): PeriodReading {
  const days = { now: december, before: november };
  const compared = before === null ? null : { days, now: counters, before };
  return {
    tenant: {
      timezone: "Asia/Shanghai",
      currency: "CNY",
      idleTimeoutMs: 86_400_000,
      idleThroughMs: Date.UTC(2026, 1),
      rulesSince: null,
      ...reported,
    } as PeriodReading["tenant"],
    calendar: businessCalendarOf("Asia/Shanghai"),
    nowMs: Date.UTC(2026, 1),
    today: "2026-02-01",
    period: { ...december, running: status === "running" },
    status,
    counters,
    comparison:
      before === null
        ? null
        : { mode: "previous", whole: november, sameDays: false, days: { over: days, ended: days, judged: days } },
    compared: { over: compared, ended: compared, judged: compared },
    ended: null,
    quality: new Map(),
    settledMonths: [],
    goals: [],
  } as unknown as PeriodReading;
}

const arbitraryReading = fc
  .record({
    counters: arbitraryCounters,
    before: fc.option(arbitraryCounters),
    status: fc.constantFrom<PeriodStatus>("empty", "running", "provisional", "settled"),
    reported: fc.record({ chatbotReported: fc.boolean(), workbenchReported: fc.boolean(), aiAnswered: fc.boolean() }),
  })
  .map(({ counters, before, status, reported }) => readingOf(counters, before, status, reported));

test("a summary has exactly three sentences, in both languages, whatever was counted", () => {
  fc.assert(
    fc.property(arbitraryReading, (reading) => {
      const english = tellSummary(reading, metricsOfPeriod(reading, "en"), "en");
      expect(english.match(/\.(?= [A-Z\d]|$)/g), english).toHaveLength(3);
      expect(english).not.toMatch(/undefined|null|NaN|—| {2}|\. ?\./);
      const chinese = tellSummary(reading, metricsOfPeriod(reading, "zh-CN"), "zh-CN");
      expect(chinese.split("。"), chinese).toHaveLength(4);
      for (const sentence of chinese.split("。").slice(0, 3)) expect(sentence, chinese).toMatch(/^[^，；].{5}/);
      expect(chinese).not.toMatch(/undefined|null|NaN|—|，，|[，；]。/);
    }),
    { numRuns: 300 },
  );
});

test("the parts of each class of conversations add up to it, and all of them to the total", () => {
  fc.assert(
    fc.property(arbitraryReading, (reading) => {
      const counts = outcomesOf(reading);
      expect(counts.length > 0).toBe(reading.tenant.chatbotReported);
      for (const { key, sessions } of counts) {
        const parts = counts.filter(({ parent }) => parent === key);
        if (parts.length > 0)
          expect(
            parts.reduce((sum, part) => sum + part.sessions, 0),
            key,
          ).toBe(sessions);
        expect(sessions).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

describe("a summary", () => {
  const whole = { chatbotReported: true, workbenchReported: true, aiAnswered: true };
  const counters = (amounts: Readonly<Record<string, number>>): Counters => ({
    ...noCounters,
    ...Object.fromEntries(Object.entries(amounts).map(([key, value]) => [key, String(value)])),
  });
  const ofDecember = counters({
    total_sessions: 5420,
    ai_resolved_sessions: 4623,
    ai_resolved_assumed: 1200,
    outcome_ai_assisted: 700,
    outcome_escalated_untaken: 55,
    outcome_unanswered: 1,
    outcome_not_resolved: 41,
    estimated_cost_saved: 46_230,
    first_takeovers: 700,
    first_waits_known: 700,
    first_wait_ms: 21_000_000,
    tickets_resolved: 125,
    sla_known: 125,
    resolved_in_sla: 119,
  });
  const ofNovember = counters({ total_sessions: 5000, ai_resolved_sessions: 4200 });
  const said = (reading: PeriodReading, locale: "en" | "zh-CN", isWithheld?: (key: string) => boolean): string =>
    tellSummary(reading, metricsOfPeriod(reading, locale), locale, isWithheld);

  test("says what the AI did, what people did, and what was left", () => {
    const reading = readingOf(ofDecember, ofNovember, "settled", whole);
    expect(said(reading, "en")).toBe(
      "In December 2025, the AI chatbot had 5,420 conversations, 4.9% more a day than in November 2025, and resolved 85.3% of them alone (1,200 assumed), 1.3 percentage points more. " +
        "Agents took over 700 conversations after a wait of 30 s on average, and 125 tickets were resolved, 95.2% of them within the SLA. " +
        "55 conversations asked for a human and got none, 1 was left without an answer, 41 were answered but not helped, and an estimated ¥46,230 of manual work was saved.",
    );
    expect(said(reading, "zh-CN")).toBe(
      "2025年12月 AI 客服共接待 5,420 个会话，日均比2025年11月多 4.9%，其中 85.3% 由 AI 独立解决（1,200 个为推定），上升 1.3 个百分点。" +
        "坐席接管 700 个会话，客户平均等待 30秒；解决工单 125 张，其中 95.2% 达成 SLA。" +
        "55 个会话要求转人工但无人接手，1 个会话没有得到回答，41 个会话得到回答但未解决，估算节省人工成本 ¥46,230。",
    );
  });

  test("leaves out what a shared copy withholds, and names no answer as missing where none is recorded", () => {
    const reading = readingOf(ofDecember, null, "provisional", whole);
    expect(said(reading, "en", (key) => key === "outcome_unanswered")).not.toContain("without an answer");
    const silent = readingOf(counters({ total_sessions: 40, outcome_unanswered: 40 }), null, "settled", {
      ...whole,
      aiAnswered: false,
    });
    expect(said(silent, "en")).toBe(
      "In December 2025, the AI chatbot had 40 conversations. Agents took over no conversation and resolved no ticket. Only events that arrive late can still change a figure.",
    );
    expect(said(reading, "en")).toMatch(/; some conversations may not have ended yet, so figures can still change\.$/);
  });
});
