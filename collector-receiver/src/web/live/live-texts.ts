import type { Locale } from "../../metrics/format-metric.ts";

/** The words of the live wall beside the names of metrics. */
export const liveTexts = {
  en: {
    now: "Now",
    today: "Today so far",
    all: "All counters of today",
    waiting: "Waiting for a human",
    longest: "Longest wait",
    online: "Agents online",
    free: "Agents free",
    backlog: "Open tickets",
    sessions: "Conversations",
    escalated: "Asked for a human",
    usual: (value: string) => `Usually ${value} by this time`,
    usualOf: (days: string) => `Usual: the average of the same weekday, last ${days} weeks.`,
    noUsual: "Nothing to compare with yet: the same weekday of an earlier week is not known.",
    waitsWho: "Waiting: asked for a human, not taken over, not ended, active within 30 minutes.",
    update: "Last update",
  },
  "zh-CN": {
    now: "此刻",
    today: "今日至今",
    all: "今日全部计数",
    waiting: "等待人工",
    longest: "最长等待",
    online: "在线坐席",
    free: "空闲坐席",
    backlog: "未结工单",
    sessions: "会话",
    escalated: "转人工",
    usual: (value: string) => `往常此时为 ${value}`,
    usualOf: (days: string) => `往常：最近 ${days} 周同一星期几的平均值。`,
    noUsual: "暂无可比数据：尚无更早一周同一星期几的记录。",
    waitsWho: "等待人工：已转人工、未被接管、未结束，且 30 分钟内有活动。",
    update: "最近更新",
  },
} satisfies Record<Locale, unknown>;
