import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BusinessStats } from "../../../collector-receiver/src/stats/stats-plugin.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { planCounters, planTickets, seedDay, seedReported, seedSettings } from "./seed-counters.ts";
import { getCaseStudy, openStatsApp } from "./stats-app.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.drop());

/** A tenant with the plan's December 2025 and a smaller November. */
async function seedPlan(tenantId: string, counters = planCounters): Promise<void> {
  const { pool } = database;
  await seedSettings(pool, tenantId);
  await seedReported(pool, tenantId, "2025-11-10", "session.start", "agent.login");
  await seedDay(pool, tenantId, "2025-12-05", counters);
  await seedDay(pool, tenantId, "2025-11-10", {
    ...counters,
    total_sessions: 5000,
    sessions_ended: 5000,
    sessions_ended_idle: 0,
    ai_resolved_sessions: 4200,
    total_response_time_ms: 17344000,
    sessions_handled: 20,
    first_takeovers: 20,
    first_waits_known: 20,
    tickets_resolved: 100,
    resolved_in_sla: 96,
    sla_known: 100,
    resolutions_timed: 100,
    resolution_ms: 624 * 3_600_000,
  });
}

async function caseStudy(tenantId: string, at: string, query = "month=2025-12"): Promise<any> {
  const app = await openStatsApp(database.pool, at);
  const body = await getCaseStudy(app, query, tenantId);
  await app.close();
  return body;
}

const over = "2026-01-20T04:00:00Z";

describe("the plan's documents", () => {
  it("are steps 10 and 15 to the letter in Chinese", async () => {
    await seedPlan("plan", { ...planCounters, ...planTickets });
    const document = await caseStudy("plan", over);
    expect(document).toMatchObject({
      period: "2025年12月",
      start_date: "2025-12-01",
      end_date: "2025-12-31",
      timezone: "Asia/Shanghai",
      currency: "CNY",
      locale: "zh-CN",
      as_of: "2026-01-20T04:00:00.000Z",
      status: "settled",
      compared_with: {
        mode: "previous",
        period: "2025年11月",
        start_date: "2025-11-01",
        end_date: "2025-11-30",
        same_days: false,
        own_days: 31,
        days: 30,
        own_end_date: "2025-12-31",
        ended_through: "2025-12-31",
      },
    });
    const chatbot = {
      total_customers_served: 5420,
      ai_resolution_rate: "85.3%",
      avg_response_time: "1.5秒",
      // 5,420 × 85.3 % × ¥10: the plan's own ¥54,200 contradicts its formula.
      cost_saved: "¥46,230",
      order_query_success_rate: "98.2%",
      tracking_query_success_rate: "96.8%",
    };
    expect(document.highlights).toEqual(chatbot);
    expect(document.ai_chatbot).toEqual(chatbot);
    expect(document.agent_workbench).toEqual({
      sessions_handled: 812,
      avg_first_response: "30秒",
      avg_handle_time: "8分钟",
      tickets_resolved: 125,
      avg_resolution_time: "4小时",
      sla_met_rate: "95.2%",
    });
    expect(document.story).toBe(
      "2025年12月 AI 客服共服务 5,420 个会话，其中 4,623 个会话由 AI 独立解决，解决率 85.3%，" +
        "平均响应时间 1.5秒，估算节省人工成本 ¥46,230。订单查询成功率 98.2%，物流查询成功率 96.8%。" +
        "坐席接管 812 个会话，平均首次响应（等待接管）30秒，平均处理时长 8分钟；" +
        "解决工单 125 张，平均解决时长 4小时，SLA 达标率 95.2%。" +
        "与2025年11月相比（数量按日均，31 天对 30 天），会话数增加 4.9%，AI 解决率上升 1.3 个百分点，平均响应时间缩短 6.3%，" +
        "坐席接管会话数由 20（30 天）变为 812（31 天），解决工单数增加 21.0%，SLA 达标率下降 0.8 个百分点。",
    );
    expect(document.metrics.ai_resolution_rate).toEqual({
      value: 85.295203,
      unit: "percent",
      formatted: "85.3%",
      numerator: 4623,
      denominator: 5420,
      low_sample: false,
      compared: { value: 85.295203, formatted: "85.3%", low_sample: false },
      previous: { value: 84, formatted: "84.0%", low_sample: false },
      by_day: false,
      change: { value: 1.295203, unit: "percentage_points", formatted: "+1.3", direction: "up" },
    });
    expect(document.metrics.estimated_cost_saved).toMatchObject({ value: 46230, estimate: true });
    expect(document.notes).toEqual([{ code: "cost_saved_is_estimate", message: expect.stringContaining("估算") }]);
  });

  it("say the same in English", async () => {
    await seedPlan("english", { ...planCounters, ...planTickets });
    const document = await caseStudy("english", over, "month=2025-12&locale=en");
    expect(document.period).toBe("December 2025");
    expect(document.ai_chatbot).toMatchObject({ avg_response_time: "1.5 sec", cost_saved: "¥46,230" });
    expect(document.agent_workbench).toMatchObject({
      avg_first_response: "30 sec",
      avg_handle_time: "8 min",
      avg_resolution_time: "4 hr",
    });
    expect(document.story).toBe(
      "In December 2025, the AI chatbot had 5,420 conversations and resolved 4,623 sessions alone, a rate of 85.3%. " +
        "The average response time was 1.5 s, an estimated ¥46,230 of manual work was saved, " +
        "98.2% of order queries succeeded, and 96.8% of tracking queries succeeded. " +
        "Agents took over 812 sessions, the average first response (wait until takeover) was 30 s, " +
        "and the average handle time was 8 min. " +
        "125 tickets were resolved, on average in 4 h, and 95.2% of resolved tickets met their SLA. " +
        "Compared with November 2025, counts by the day, 31 days against 30: conversations +4.9%; the AI resolution rate +1.3 percentage points; " +
        "the average response time −6.3%; sessions handled by agents 20 in 30 days → 812 in 31 days; tickets resolved +21.0%; " +
        "the share within SLA −0.8 percentage points.",
    );
    expect((await caseStudy("english", over, "month=2025-12&lang=en")).story).toBe(document.story);
  });
});

describe("a running month", () => {
  it("opens 本月, is compared with the same days and says that it is not over", async () => {
    await seedPlan("running");
    await seedDay(database.pool, "running", "2025-11-25", { total_sessions: 100_000, sessions_ended: 100_000 });
    const document = await caseStudy("running", "2025-12-25T06:05:00Z", "");
    expect(document).toMatchObject({
      period: "2025年12月",
      status: "running",
      compared_with: { start_date: "2025-11-01", end_date: "2025-11-24", same_days: true },
    });
    // The 100,000 of 25 November are not among the same days.
    expect(document.metrics.total_sessions.previous.value).toBe(5000);
    expect(document.story).toMatch(/^本月 AI 客服共服务 5,420 个会话/);
    expect(document.story).toContain("与上月同期（2025年11月1日至2025年11月24日）相比（今天不计）");
    expect(document.story).toMatch(/本月尚未结束，数据截至 12月25日 14:05。$/);
    const english = await caseStudy("running", "2025-12-25T06:05:00Z", "lang=en");
    expect(english.story).toMatch(/^This month, the AI chatbot had 5,420 conversations/);
    expect(english.story).toMatch(/The month is not over: figures as of December 25 at 14:05\.$/);
  });

  it("ends at the business midnight, not at UTC's", async () => {
    await seedSettings(database.pool, "new-york", { timezone: "America/New_York", currency: "USD" });
    await seedReported(database.pool, "new-york", "2025-12-01", "session.start");
    await seedDay(database.pool, "new-york", "2025-12-31", { total_sessions: 40, sessions_ended: 40 });
    // 23:30 on 31 December in New York, already January in UTC.
    const before = await caseStudy("new-york", "2026-01-01T04:30:00Z", "");
    expect(before).toMatchObject({ period: "2025年12月", status: "running" });
    const after = await caseStudy("new-york", "2026-01-01T05:00:00Z", "");
    expect(after).toMatchObject({ period: "2026年1月", status: "empty" });
    // No day of January is over.
    expect(after.compared_with).toMatchObject({
      start_date: "2025-12-01",
      end_date: "2025-12-31",
      own_days: 0,
      days: 0,
    });
  });

  it("follows the clock change: the month of March ends an hour earlier in UTC", async () => {
    await seedSettings(database.pool, "dst", { timezone: "America/New_York", idleThrough: "2027-01-01T00:00:00Z" });
    await seedDay(database.pool, "dst", "2026-03-08", { total_sessions: 1, sessions_ended: 1 });
    await seedReported(database.pool, "dst", "2026-03-08", "session.start");
    expect(await caseStudy("dst", "2026-04-01T03:59:59Z", "month=2026-03")).toMatchObject({ status: "running" });
    expect(await caseStudy("dst", "2026-04-01T04:00:00Z", "month=2026-03")).toMatchObject({ status: "settled" });
  });
});

describe("figures that are not known", () => {
  it("is an empty month, said so, with no number invented", async () => {
    await seedPlan("empty");
    const document = await caseStudy("empty", over, "month=2025-06");
    expect(document.status).toBe("empty");
    expect(document.ai_chatbot).toEqual({
      total_customers_served: 0,
      ai_resolution_rate: "—",
      avg_response_time: "—",
      cost_saved: "¥0",
      order_query_success_rate: "—",
      tracking_query_success_rate: "—",
    });
    expect(document.story).toBe("2025年6月没有记录到业务事件。");
    expect((await caseStudy("empty", over, "")).story).toBe("本月尚未记录到业务事件。");
    expect((await caseStudy("empty", over, "lang=en")).story).toBe(
      "This month, no business events have been recorded yet.",
    );
  });

  it("is null and — for a tenant that has never reported, not 0", async () => {
    const document = await caseStudy("nobody", over);
    expect(document.status).toBe("empty");
    expect(document.ai_chatbot).toMatchObject({ total_customers_served: null, cost_saved: "—" });
    expect(document.agent_workbench).toMatchObject({ sessions_handled: null, tickets_resolved: null });
    expect(document.story).toBe("2025年12月没有记录到业务事件。AI 客服和坐席工作台都从未上报过数据。");
  });

  it("is the workbench where only the chatbot has reported", async () => {
    const { pool } = database;
    await seedSettings(pool, "chatbot-only");
    await seedReported(pool, "chatbot-only", "2025-12-05", "session.start");
    await seedDay(pool, "chatbot-only", "2025-12-05", {
      total_sessions: 50,
      sessions_ended: 50,
      ai_involved_sessions: 50,
    });
    const document = await caseStudy("chatbot-only", over);
    expect(document.agent_workbench).toEqual({
      sessions_handled: null,
      avg_first_response: "—",
      avg_handle_time: "—",
      tickets_resolved: null,
      avg_resolution_time: "—",
      sla_met_rate: "—",
    });
    expect(document.metrics.tickets_created).toMatchObject({ value: null, formatted: "—", change: null });
    expect(document.story).toBe(
      "2025年12月 AI 客服共服务 50 个会话，其中 0 个会话由 AI 独立解决，解决率 0.0%。" +
        "坐席工作台从未上报过数据，因此没有它的数字。2025年11月没有可比的数据。",
    );
    expect(document.notes.map(({ code }: { code: string }) => code)).toEqual(["workbench_never_reported"]);
  });

  it("is the chatbot where only the workbench has reported, by an event that moves no counter too", async () => {
    const { pool } = database;
    await seedSettings(pool, "workbench-only");
    await seedDay(pool, "workbench-only", "2025-12-05", { sessions_handled: 40, total_first_response_ms: 1_200_000 });
    const document = await caseStudy("workbench-only", over);
    expect(document.ai_chatbot).toMatchObject({ total_customers_served: null, ai_resolution_rate: "—" });
    expect(document.story).toMatch(/^2025年12月没有 AI 客服的数据：该产品从未上报过。坐席接管 40 个会话/);
    await seedReported(pool, "status-only", "2025-12-05", "agent.status_change");
    expect((await caseStudy("status-only", over)).agent_workbench.sessions_handled).toBe(0);
  });

  it("is a rate of few: quoted as n of N", async () => {
    const { pool } = database;
    await seedSettings(pool, "few");
    await seedReported(pool, "few", "2025-12-05", "session.start", "agent.login");
    await seedDay(pool, "few", "2025-12-05", {
      total_sessions: 12,
      sessions_ended: 8,
      sessions_ended_idle: 4,
      ai_resolved_sessions: 10,
      ai_resolved_assumed: 4,
      estimated_cost_saved: 100,
      responses_timed: 20,
      total_response_time_ms: 30_000,
      order_queries_success: 7,
      order_queries_failed: 1,
      tickets_resolved: 9,
      resolved_in_sla: 8,
      resolution_ms: 36 * 3_600_000,
      resolutions_timed: 9,
      sla_known: 9,
      sessions_handled: 3,
      first_takeovers: 3,
      first_waits_known: 3,
      first_wait_ms: 90_000,
      handles_known: 3,
      handle_ms: 900_000,
    });
    await seedDay(pool, "few", "2025-11-05", { total_sessions: 10, sessions_ended: 10, ai_resolved_sessions: 9 });
    const document = await caseStudy("few", over);
    expect(document.metrics.ai_resolution_rate).toMatchObject({ low_sample: true, formatted: "83.3%" });
    expect(document.story).toBe(
      "2025年12月 AI 客服共服务 12 个会话，12 个会话中有 10 个由 AI 独立解决（其中 4 个为推定），" +
        "平均响应时间 1.5秒（仅 20 条回复），估算节省人工成本 ¥100。8 次订单查询中有 7 次成功。" +
        "坐席接管 3 个会话，平均首次响应（等待接管）30秒，平均处理时长 5分钟；" +
        "解决工单 9 张，平均解决时长 4小时，9 张工单中有 8 张达成 SLA。" +
        "与2025年11月相比（数量按日均，31 天对 30 天），会话数由 10（30 天）变为 12（31 天）。",
    );
    const english = await caseStudy("few", over, "month=2025-12&lang=en");
    expect(english.story).toContain("resolved 10 of 12 sessions alone (4 of them assumed)");
    expect(english.story).toContain("7 of 8 order queries succeeded");
    expect(english.story).not.toContain("%");
  });

  it("is a figure that rests on reused session ids: warned of, with the number", async () => {
    await seedPlan("reused", { ...planCounters, reused_session_ids: 37 });
    const document = await caseStudy("reused", over);
    expect(document.notes[0]).toEqual({
      code: "reused_session_ids",
      count: 37,
      message: expect.stringContaining("37 个会话编号"),
    });
  });
});

describe("status", () => {
  const day = "2025-12-31";
  it("is provisional until the watermark has passed the end by the idle timeout", async () => {
    const { pool } = database;
    // December ends at 16:00 UTC in Shanghai; the idle timeout is a day.
    await seedSettings(pool, "swept-early", { idleThrough: "2026-01-01T15:59:59Z" });
    await seedSettings(pool, "swept", { idleThrough: "2026-01-01T16:00:00Z" });
    for (const tenantId of ["swept-early", "swept"]) {
      await seedReported(pool, tenantId, day, "session.start");
      await seedDay(pool, tenantId, day, { total_sessions: 40, sessions_ended: 30, sessions_ended_idle: 10 });
    }
    const early = await caseStudy("swept-early", over);
    expect(early.status).toBe("provisional");
    expect(early.story).toContain("部分会话可能尚未结束，数字仍可能变化。");
    expect((await caseStudy("swept", over)).status).toBe("settled");
  });

  it("is provisional while a session of the period is still going on", async () => {
    await seedSettings(database.pool, "open");
    await seedReported(database.pool, "open", day, "session.start");
    await seedDay(database.pool, "open", day, { total_sessions: 40, sessions_ended: 39 });
    const document = await caseStudy("open", over);
    expect(document.status).toBe("provisional");
    expect(document.metrics.sessions_open.value).toBe(1);
  });
});

describe("a range of days", () => {
  it("adds the days, both included, and knows no distinct customers", async () => {
    const { pool } = database;
    await seedSettings(pool, "range");
    await seedReported(pool, "range", "2025-12-01", "session.start");
    for (const [date, sessions] of [
      ["2025-12-09", 1],
      ["2025-12-10", 10],
      ["2025-12-12", 20],
      ["2025-12-13", 400],
    ] as const) {
      await seedDay(pool, "range", date, {
        total_sessions: sessions,
        sessions_ended: sessions,
        unique_customers: sessions,
      });
    }
    const document = await caseStudy("range", over, "start_date=2025-12-10&end_date=2025-12-12");
    expect(document.period).toBe("2025年12月10日至2025年12月12日");
    expect(document.ai_chatbot.total_customers_served).toBe(30);
    expect(document.metrics.total_sessions.previous.value).toBe(1);
    expect(document.metrics.unique_customers).toMatchObject({ value: null, formatted: "—", reason: "not_additive" });
    expect(document.story).toMatch(/^2025年12月10日至2025年12月12日 AI 客服共服务 30 个会话/);
    const oneDay = await caseStudy("range", over, "start_date=2025-12-12&end_date=2025-12-12");
    expect(oneDay.metrics.unique_customers).toMatchObject({ value: 20 });
    const week = await caseStudy("range", over, "start_date=2025-12-08&end_date=2025-12-14");
    expect(week.metrics.total_sessions.value).toBe(431);
    expect(week.metrics.unique_customers.value).toBe(431);
  });

  it("is the month's document where it is the month", async () => {
    await seedPlan("as-month");
    const asMonth = await caseStudy("as-month", over);
    expect(await caseStudy("as-month", over, "start_date=2025-12-01&end_date=2025-12-31")).toEqual(asMonth);
  });

  it("keeps December and January apart", async () => {
    const { pool } = database;
    await seedSettings(pool, "new-year");
    await seedReported(pool, "new-year", "2025-12-31", "session.start");
    await seedDay(pool, "new-year", "2025-12-31", { total_sessions: 31, sessions_ended: 31 });
    await seedDay(pool, "new-year", "2026-01-01", { total_sessions: 101, sessions_ended: 101 });
    const later = "2026-02-20T00:00:00Z";
    expect((await caseStudy("new-year", later, "month=2025-12")).ai_chatbot.total_customers_served).toBe(31);
    const january = await caseStudy("new-year", later, "month=2026-01");
    expect(january.metrics.total_sessions).toMatchObject({ value: 101, previous: { value: 31 } });
    const both = await caseStudy("new-year", later, "start_date=2025-12-31&end_date=2026-01-01");
    expect(both.ai_chatbot.total_customers_served).toBe(132);
  });
});

describe("BusinessStats", () => {
  it("gives the routes' documents without HTTP", async () => {
    await seedPlan("class");
    const stats = new BusinessStats({ pool: database.pool, tenantId: "class", now: () => Date.parse(over) });
    const document = await stats.getCaseStudyData("2025-12-01", "2025-12-31");
    expect(document).toEqual(await caseStudy("class", over));
    const summary = await stats.getMonthlySummary("2025-12");
    expect(summary.current).toMatchObject({
      total_sessions: 5420,
      ai_resolution_rate: 85.295203,
      avg_response_time_ms: 1500,
      estimated_cost_saved: 46230,
    });
    expect(summary.previous).toMatchObject({ total_sessions: 5000 });
    const rates = await stats.getQuerySuccessRates();
    expect(rates).toMatchObject({ from: "2025-11-10", to: "2025-12-05", order: { success: 1964, failed: 36 } });
    await expect(stats.getMonthlySummary("December")).rejects.toThrow('month = "December"');
  });
});
