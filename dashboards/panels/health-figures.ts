/**
 * Figures about the data and the receiver, which are not metrics of a product and so not in the dictionary:
 * each defined once, here.
 */
import type { LocalText } from "../../collector-receiver/src/catalogue/local-text.ts";
import type { MetricUnit } from "../../collector-receiver/src/catalogue/metric-unit.ts";

export interface HealthFigure {
  readonly name: LocalText;
  readonly meaning: LocalText;
  /** In columns of the tables. */
  readonly formula: string;
  readonly denominator?: string;
  readonly unit: MetricUnit | "bytes" | "time";
  /** Aggregate over the table's rows. */
  readonly sql: string;
}

const recorded = "events_seen + greatest(highest_seq - drops_reported - events_seen, 0) + drops_reported";
const missing = "greatest(highest_seq - drops_reported - events_seen, 0)";

/** Over rows of `analytics_sources`. */
export const sourceFigures = {
  recorded: {
    name: { en: "Events recorded", zh: "产品记录的事件" },
    meaning: {
      en: "Events that the products' SDKs numbered: stored, missing and dropped ones.",
      zh: "产品 SDK 编过号的事件：已入库、缺失和丢弃之和。",
    },
    formula: "sum(events_seen + missing + drops_reported)",
    unit: "count",
    sql: `sum(${recorded})`,
  },
  seen: {
    name: { en: "Events that arrived", zh: "已到达的事件" },
    meaning: { en: "Numbered events that are stored.", zh: "已入库的编号事件。" },
    formula: "sum(events_seen)",
    unit: "count",
    sql: "sum(events_seen)",
  },
  missing: {
    name: { en: "Missing events", zh: "缺失事件" },
    meaning: {
      en: "Sequence numbers that a source gave out and that are not stored. Events on their way are among them, for seconds.",
      zh: "来源已发出编号但尚未入库的事件；仍在传输中的会短暂计入。",
    },
    formula: "sum(max(highest_seq − drops_reported − events_seen, 0))",
    unit: "count",
    sql: `sum(${missing})`,
  },
  dropped: {
    name: { en: "Dropped by the SDK", zh: "SDK 丢弃的事件" },
    meaning: {
      en: "Events that a source itself says it had to drop (its queue was full, or the process was killed).",
      zh: "来源自报不得不丢弃的事件（队列已满或进程被终止）。",
    },
    formula: "sum(drops_reported)",
    unit: "count",
    sql: "sum(drops_reported)",
  },
  completeness: {
    name: { en: "Completeness", zh: "数据完整度" },
    meaning: {
      en: "Share of what the products recorded that is stored and counted.",
      zh: "产品记录的事件中已入库并计数的占比。",
    },
    formula: "events_seen / recorded × 100",
    denominator: "events_seen + missing + drops_reported",
    unit: "percent",
    sql: `sum(events_seen) * 100.0 / nullif(sum(${recorded}), 0)`,
  },
} as const satisfies Record<string, HealthFigure>;

/** Over day rows of `analytics_business_metrics`. */
export const coverageFigures = {
  timed: {
    name: { en: "Messages with a response time", zh: "带响应时间的消息占比" },
    meaning: {
      en: "Share of the messages that carry response_time_ms; user messages carry none, so about half is usual.",
      zh: "带有 response_time_ms 的消息占比；用户消息没有该属性，一半左右属正常。",
    },
    formula: "responses_timed / total_messages × 100",
    denominator: "total_messages",
    unit: "percent",
    sql: "sum(responses_timed) * 100.0 / nullif(sum(total_messages), 0)",
  },
  assumed: {
    name: { en: "Resolution that rests on silence", zh: "推定解决占比" },
    meaning: {
      en: "Share of the resolved sessions that ended by silence instead of session.end: assumed, not confirmed.",
      zh: "AI 解决的会话中超时自动结束（没有 session.end）的占比：属推定，未经确认。",
    },
    formula: "ai_resolved_idle / ai_resolved_sessions × 100",
    denominator: "ai_resolved_sessions",
    unit: "percent",
    sql: "sum(ai_resolved_idle) * 100.0 / nullif(sum(ai_resolved_sessions), 0)",
  },
} as const satisfies Record<string, HealthFigure>;

/** Over rows of `analytics_rejected_events`. */
export const rejectionFigures = {
  rejected: {
    name: { en: "Rejected events", zh: "被拒事件" },
    meaning: {
      en: "Events that are ours but cannot be counted, kept with the reason; a bad event that is sent again is one.",
      zh: "属于本系统但无法计数的事件，连同原因保存；重复发送的同一坏事件只算一条。",
    },
    formula: "count(analytics_rejected_events)",
    unit: "count",
    sql: "count(*)",
  },
  waiting: {
    name: { en: "Waiting for a replay", zh: "待重放的被拒事件" },
    meaning: {
      en: "Rejected events that `spanledger replay` has not brought in since.",
      zh: "尚未由 `spanledger replay` 补入的被拒事件。",
    },
    formula: "count(analytics_rejected_events where replayed_at is null)",
    unit: "count",
    sql: "count(*) filter (where replayed_at is null)",
  },
} as const satisfies Record<string, HealthFigure>;

/** Ages, now. `receiver-health.ts` asks over all tenants, `data-quality.ts` for one. */
export const lagFigures = {
  counters: {
    name: { en: "Since the counters last moved", zh: "计数器距上次变动" },
    meaning: {
      en: "Time since a batch or the sweeper last changed a counter. Longer than the quietest hour of the business is a reason to look.",
      zh: "距离最近一次批次或清扫改动计数器的时间。超过业务最清淡时段就应检查。",
    },
    formula: "now() − max(updated_at)",
    unit: "s",
    sql: "extract(epoch from now() - max(updated_at))",
  },
  sweeper: {
    name: { en: "Lag of the sweeper", zh: "静默清扫延迟" },
    meaning: {
      en: "How far the watermark lies behind now: sessions that fell silent since have not ended yet. The largest of the tenants.",
      zh: "水位线落后于当前时间的长度：此后静默的会话尚未结束。多租户时取最大值。",
    },
    formula: "max(now() − idle_through)",
    unit: "s",
    sql: "extract(epoch from max(now() - idle_through))",
  },
} as const satisfies Record<string, HealthFigure>;
