import { countNoun } from "../../metrics/count-noun.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import type { SessionOutcome } from "../../metrics/session-outcome.ts";
import type { SessionList } from "../../stats/lists/session-lists.ts";

export interface SessionTexts {
  readonly lists: Readonly<Record<SessionList, string>>;
  readonly title: (list: string, period: string) => string;
  readonly session: string;
  readonly start: string;
  readonly last: string;
  readonly channel: string;
  readonly state: string;
  readonly states: Readonly<Record<"open" | "ended" | "ended_idle", string>>;
  readonly escalated: string;
  readonly takenOver: string;
  /** Of an ended session, by its outcome. */
  readonly outcomes: Readonly<Record<Exclude<SessionOutcome, "open">, string>>;
  readonly duration: string;
  readonly outcome: string;
  readonly reason: string;
  readonly agent: string;
  readonly agentNumber: string;
  readonly wait: string;
  readonly idStart: string;
  readonly next: string;
  readonly previous: string;
  readonly none: string;
  readonly events: string;
  readonly details: string;
  readonly customer: string;
  readonly privacy: string;
  readonly path: string;
  readonly otherLists: string;
  readonly aiCost: string;
  /** What it cost, or null, of so many calls of models. */
  readonly costOf: (spend: string | null, calls: string) => string;
}

export const sessionTexts: Readonly<Record<Locale, SessionTexts>> = {
  en: {
    lists: {
      total_sessions: "Sessions",
      ai_resolved_sessions: "Sessions resolved by AI",
      ai_resolved_confirmed: "Confirmed AI resolutions",
      ai_resolved_assumed: "Assumed AI resolutions",
      ai_resolved_idle: "AI resolutions that ended by silence",
      outcome_ai_assisted: "AI-assisted sessions",
      outcome_human_only: "Sessions with humans only",
      outcome_escalated_untaken: "Escalated and never taken over",
      outcome_unanswered: "Unanswered sessions",
      outcome_not_resolved: "Answered, not resolved",
      escalated_sessions: "Escalated sessions",
      sessions_open: "Sessions still open",
    },
    title: (list, period) => `${list}, ${period}`,
    session: "Session",
    start: "Started",
    last: "Last activity",
    channel: "Channel",
    state: "State",
    states: { open: "open", ended: "ended", ended_idle: "ended by silence (assumed)" },
    escalated: "escalated",
    takenOver: "taken over by an agent",
    outcomes: {
      ai_assisted: "AI-assisted",
      human_only: "humans only",
      escalated_untaken: "escalated and never taken over",
      unanswered: "unanswered",
      not_resolved: "answered, not resolved",
      ai_resolved: "resolved by AI",
    },
    duration: "Duration",
    outcome: "Outcome",
    reason: "Reason",
    agent: "Agent",
    agentNumber: "Agent number",
    wait: "Wait for a human",
    idStart: "Session id, or its beginning",
    next: "Later events",
    previous: "From the beginning",
    none: "There are none.",
    events: "What happened",
    details: "Details",
    customer: "Customer (pseudonym)",
    privacy: "Texts of messages are never recorded; other texts that are not in the catalogue are not shown.",
    path: "Where this page lies",
    otherLists: "Lists of sessions",
    aiCost: "AI spend",
    costOf: (spend, calls) =>
      `${spend === null ? "No price is stored" : `This conversation cost ${spend}`} (${countNoun(calls, "call")})`,
  },
  "zh-CN": {
    lists: {
      total_sessions: "全部会话",
      ai_resolved_sessions: "AI 解决的会话",
      ai_resolved_confirmed: "确认的 AI 解决",
      ai_resolved_assumed: "推定的 AI 解决",
      ai_resolved_idle: "超时自动结束的 AI 解决",
      outcome_ai_assisted: "AI 协助的会话",
      outcome_human_only: "仅人工的会话",
      outcome_escalated_untaken: "转人工后无人接管的会话",
      outcome_unanswered: "无人回答的会话",
      outcome_not_resolved: "已回答未解决的会话",
      escalated_sessions: "转人工会话",
      sessions_open: "仍在进行的会话",
    },
    title: (list, period) => `${list}，${period}`,
    session: "会话",
    start: "开始",
    last: "最后活动",
    channel: "渠道",
    state: "状态",
    states: { open: "进行中", ended: "已结束", ended_idle: "超时自动结束（推定）" },
    escalated: "已转人工",
    takenOver: "已由坐席接管",
    outcomes: {
      ai_assisted: "AI 协助",
      human_only: "仅人工",
      escalated_untaken: "转人工后无人接管",
      unanswered: "无人回答",
      not_resolved: "已回答未解决",
      ai_resolved: "AI 解决",
    },
    duration: "时长",
    outcome: "结果",
    reason: "原因",
    agent: "坐席",
    agentNumber: "坐席编号",
    wait: "等待人工",
    idStart: "会话编号或其开头",
    next: "之后的事件",
    previous: "从头开始",
    none: "没有会话。",
    events: "会话经过",
    details: "详情",
    customer: "客户（假名）",
    privacy: "从不记录消息内容；目录之外的文本不予显示。",
    path: "页面位置",
    otherLists: "会话列表",
    aiCost: "AI 花费",
    costOf: (spend, calls) => `${spend === null ? "没有价格" : `此会话花费${spend}`}（模型调用 ${calls} 次）`,
  },
};
