import { expect, test } from "vitest";
import { deriveMetric } from "../../../collector-receiver/src/metrics/derive-metric.ts";
import { compareMetric } from "../../../collector-receiver/src/metrics/compare-metric.ts";
import type { Locale } from "../../../collector-receiver/src/metrics/format-metric.ts";
import { noCounters } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import type { Counters, RatioMetric } from "../../../collector-receiver/src/metrics/metric-definition.ts";
import { metricOf } from "../../../collector-receiver/src/metrics/metric-dictionary.ts";
import { sideFrom } from "../../../collector-receiver/src/stats/compared-metric.ts";
import { judgeChange } from "../../../collector-receiver/src/web/report/judge-change.ts";

function judged(key: string, now: Partial<Counters>, before: Partial<Counters>, locale: Locale) {
  const metric = metricOf(key) as RatioMetric;
  const spans = { nowDays: 30, beforeDays: 30 };
  const valueOf = (counters: Partial<Counters>) => deriveMetric(metric, { ...noCounters, ...counters }, locale, "CNY");
  const compared = {
    ...valueOf(now),
    compared: sideFrom(valueOf(now)),
    previous: sideFrom(valueOf(before)),
    by_day: false,
    change: compareMetric(metric, { ...noCounters, ...now }, { ...noCounters, ...before }, locale, spans),
  };
  return judgeChange(key, compared, locale);
}

const resolved = (count: number): Partial<Counters> => ({
  total_sessions: "1000",
  ai_resolved_sessions: String(count),
});
const waits = (ms: number): Partial<Counters> => ({ first_waits_known: "100", first_wait_ms: String(ms * 100) });

test.each([
  ["ai_resolution_rate", resolved(812), resolved(800), "good", "▲ 1.2 points better", "▲ 改善 1.2 个百分点"],
  ["ai_resolution_rate", resolved(800), resolved(812), "bad", "▼ 1.2 points worse", "▼ 变差 1.2 个百分点"],
  ["ai_resolution_rate", resolved(810), resolved(800), "good", "▲ 1.0 point better", "▲ 改善 1.0 个百分点"],
  ["ai_resolution_rate", resolved(800), resolved(800), "neutral", "＝ unchanged", "＝ 持平"],
  ["avg_first_response_ms", waits(29_000), waits(25_000), "bad", "▲ 4 s slower", "▲ 慢了 4秒"],
  ["avg_first_response_ms", waits(25_000), waits(85_000), "good", "▼ 1 min faster", "▼ 快了 1分钟"],
  ["avg_first_response_ms", waits(25_300), waits(25_000), "bad", "▲ 0.3 s slower", "▲ 慢了 0.3秒"],
  [
    "escalation_rate",
    { total_sessions: "100", escalated_sessions: "20" },
    { total_sessions: "100", escalated_sessions: "10" },
    "bad",
    "▲ 10.0 points worse",
    "▲ 变差 10.0 个百分点",
  ],
  ["total_sessions", { total_sessions: "1100" }, { total_sessions: "1000" }, "neutral", "▲ 10.0% more", "▲ 增加 10.0%"],
  ["total_sessions", { total_sessions: "900" }, { total_sessions: "1000" }, "neutral", "▼ 10.0% fewer", "▼ 减少 10.0%"],
  [
    "estimated_cost_saved",
    { estimated_cost_saved: "120" },
    { estimated_cost_saved: "100" },
    "good",
    "▲ 20.0% more saved",
    "▲ 多节省 20.0%",
  ],
  [
    "estimated_cost_saved",
    { estimated_cost_saved: "80" },
    { estimated_cost_saved: "100" },
    "bad",
    "▼ 20.0% less saved",
    "▼ 少节省 20.0%",
  ],
] as const)("%s from %j against %j is %s: %s", (key, now, before, judgement, en, zh) => {
  expect(judged(key, now, before, "en")).toEqual({ judgement, text: en });
  expect(judged(key, now, before, "zh-CN")).toEqual({ judgement, text: zh });
});

test("without a value on either side nothing is said", () => {
  expect(judged("ai_resolution_rate", resolved(1), {}, "en")).toBeNull();
  expect(judged("total_sessions", { total_sessions: "5" }, {}, "en")).toBeNull();
});
