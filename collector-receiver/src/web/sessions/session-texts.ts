import type { Locale } from "../../metrics/format-metric.ts";
import type { SessionList } from "../../stats/lists/session-lists.ts";

export interface SessionTexts {
  readonly lists: Readonly<Record<SessionList, string>>;
  readonly title: (list: string, period: string) => string;
  readonly count: (shown: string, total: string) => string;
  readonly session: string;
  readonly start: string;
  readonly last: string;
  readonly channel: string;
  readonly state: string;
  readonly states: Readonly<Record<"open" | "ended" | "ended_idle", string>>;
  readonly escalated: string;
  readonly takenOver: string;
  readonly resolved: string;
  readonly next: string;
  readonly none: string;
  readonly events: string;
  readonly customer: string;
  readonly privacy: string;
  readonly path: string;
  readonly otherLists: string;
}

export const sessionTexts: Readonly<Record<Locale, SessionTexts>> = {
  en: {
    lists: {
      total_sessions: "Sessions",
      ai_resolved_sessions: "Sessions resolved by AI",
      ai_resolved_idle: "Resolution assumed from silence",
      escalated_sessions: "Escalated sessions",
      sessions_open: "Sessions still open",
    },
    title: (list, period) => `${list}, ${period}`,
    count: (shown, total) => `${shown} of ${total} shown, in the order of their start`,
    session: "Session",
    start: "Started",
    last: "Last activity",
    channel: "Channel",
    state: "State",
    states: { open: "open", ended: "ended", ended_idle: "ended by silence (assumed)" },
    escalated: "escalated",
    takenOver: "taken over by an agent",
    resolved: "resolved by AI",
    next: "Next page",
    none: "There are none.",
    events: "Events in order",
    customer: "Customer (pseudonym)",
    privacy: "Texts of messages are never recorded; other texts that are not in the catalogue are not shown.",
    path: "Where this page lies",
    otherLists: "Lists of sessions",
  },
  "zh-CN": {
    lists: {
      total_sessions: "全部会话",
      ai_resolved_sessions: "AI 解决的会话",
      ai_resolved_idle: "推定解决（静默）的会话",
      escalated_sessions: "转人工会话",
      sessions_open: "仍在进行的会话",
    },
    title: (list, period) => `${list}，${period}`,
    count: (shown, total) => `共 ${total} 个，显示 ${shown} 个，按开始时间排列`,
    session: "会话",
    start: "开始",
    last: "最后活动",
    channel: "渠道",
    state: "状态",
    states: { open: "进行中", ended: "已结束", ended_idle: "因静默结束（推定）" },
    escalated: "已转人工",
    takenOver: "已由坐席接管",
    resolved: "AI 解决",
    next: "下一页",
    none: "没有会话。",
    events: "按时间排列的事件",
    customer: "客户（假名）",
    privacy: "从不记录消息内容；目录之外的文本不予显示。",
    path: "页面位置",
    otherLists: "会话列表",
  },
};
