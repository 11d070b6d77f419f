import type { LocalText } from "../catalogue/local-text.ts";
import type { CounterSum, MetricGroup, MetricPresentation, PeerDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";

/**
 * Metrics that are read from facts of sessions and agents, and from what is left over of tickets, by
 * `GET /api/analytics/operations`. The numbers that they are made of:
 */
export const operationTerms = [
  "ai_resolutions_judged",
  "ai_resolutions_durable",
  "ai_resolutions_pending",
  "ai_resolutions_unattributed",
  "agent_online_ms",
  "agent_away_ms",
  "agent_busy_ms",
  "total_handle_time_ms",
  "tickets_first_closed",
  "tickets_first_closed_reopened",
  "tickets_open_at_end",
  "tickets_unassigned_at_end",
] as const;
export type OperationTerm = (typeof operationTerms)[number];

/** The terms of one period as decimal text; null where a term is not known. */
export type OperationCounts = Readonly<Record<OperationTerm, string | null>>;

/** How long a customer must stay away for a resolution to be durable. */
export const durableDays = 7;
/**
 * How far the watermark must be beyond the end of every session of a day before what became of its resolutions is kept:
 * an hour more than their customers have to stay away for, so that what arrives in time makes nothing void.
 */
export const settledMs = (durableDays * 24 + 1) * 3_600_000;

/** Whose facts count, and when. */
export type OperationCohort = "session_start" | "agent_time" | "ticket_close" | "period_end";

interface OperationBase extends MetricPresentation {
  readonly key: string;
  readonly group: MetricGroup;
  readonly name: LocalText;
  readonly meaning: LocalText;
  readonly cohort: OperationCohort;
  readonly edgeCases?: LocalText;
  readonly peer?: PeerDefinition;
  readonly definitionVersion: number;
  readonly since: string;
  readonly numerator: CounterSum<OperationTerm>;
}
export interface OperationCount extends OperationBase {
  readonly kind: "sum";
}
/** numerator × factor / denominator, null where the denominator is 0. */
export interface OperationRatio extends OperationBase {
  readonly kind: "ratio";
  readonly denominator: CounterSum<OperationTerm>;
  readonly factor: number;
  readonly divisor?: number;
}
export type OperationMetric = OperationCount | OperationRatio;

const first = { definitionVersion: 1, since: "0.1.0" } as const;
/** Changed with counting rules 2. */
const second = { definitionVersion: 2, since: "0.3.0" } as const;
const numberOf = { ...first, ...counted };
const shareOf = { ...first, ...rate };
const resolutions = { group: "ai_chatbot", cohort: "session_start" } as const;
const agentTime = {
  ...first,
  kind: "sum",
  group: "agent_workbench",
  cohort: "agent_time",
  unit: "ms",
  display: { style: "duration", unit: "hour", digits: 1 },
} as const;
const heartbeat: LocalText = {
  en: "Clipped at the ends of the period, and at now. An agent without any event for the tenant's heartbeat (4 h unless set) counts as logged out from then until its next event, whatever it last said. Changes at one instant apply in the order of their event ids.",
  zh: "在周期起止处和当前时刻截断。坐席超过租户心跳时长（默认 4 小时）没有任何事件，即从那时起视为登出，直到下一个事件。同一时刻的多次切换按事件编号排序。",
};

/** In the order in which documents show them. */
export const operationMetrics: readonly OperationMetric[] = [
  {
    ...resolutions,
    ...shareOf,
    key: "ai_resolution_durable_rate",
    numerator: { add: ["ai_resolutions_durable"] },
    denominator: { add: ["ai_resolutions_judged"] },
    name: { en: "Durable AI resolution rate", zh: "7 天内未再来访的 AI 解决率" },
    meaning: {
      en: "Of the AI resolutions that can be judged, the share whose customer started no other session within 7 days of the session's end.",
      zh: "在可判断的 AI 解决中，客户在会话结束后 7 天内没有再次发起会话的占比。",
    },
    edgeCases: {
      en: "The end is the first session.end, else the last activity. Judged are resolutions with a user_id whose end lies 7 days before the stored watermark; younger ones are not yet known and in neither number, nor are those without user_id. Any other session of the customer that starts later counts as a return, whatever it is about. Erasing a session cuts it off from its customer's others.",
      zh: "结束时间取首个 session.end，否则取最后活动。只判断有 user_id 且结束已早于水位线 7 天的解决；更近的尚不可知，与没有 user_id 的一样，分子分母都不计。客户之后发起的任何会话都算返回，不论内容。删除某会话的个人信息后，它与该客户的其他会话不再关联。",
    },
  },
  {
    ...resolutions,
    ...numberOf,
    key: "ai_resolutions_durable",
    numerator: { add: ["ai_resolutions_durable"] },
    name: { en: "Durable AI resolutions", zh: "7 天内未再来访的 AI 解决" },
    meaning: {
      en: "AI resolutions whose customer did not return within 7 days.",
      zh: "客户 7 天内没有返回的 AI 解决数。",
    },
  },
  {
    ...resolutions,
    ...numberOf,
    key: "ai_resolutions_pending",
    numerator: { add: ["ai_resolutions_pending"] },
    name: { en: "AI resolutions not yet judged", zh: "待观察的 AI 解决" },
    meaning: {
      en: "AI resolutions that ended less than 7 days before the stored watermark: whether they last is not yet known.",
      zh: "结束距水位线不足 7 天的 AI 解决：客户是否再来访尚待观察。",
    },
  },
  {
    ...resolutions,
    ...numberOf,
    key: "ai_resolutions_unattributed",
    numerator: { add: ["ai_resolutions_unattributed"] },
    name: { en: "AI resolutions without a customer", zh: "无客户标识的 AI 解决" },
    meaning: {
      en: "AI resolutions of sessions without user_id: whether the customer returned cannot be known.",
      zh: "没有 user_id 的 AI 解决：无从得知客户是否返回。",
    },
  },
  {
    ...agentTime,
    key: "agent_online_ms",
    numerator: { add: ["agent_online_ms"] },
    name: { en: "Agent time online", zh: "坐席在线时长" },
    meaning: {
      en: "Time in which agents were online: from agent.login or a change to a status such as online, available, active, ready or idle, in either language, until the next change.",
      zh: "坐席处于在线状态的时间：从 agent.login 或切换为 online、available、active、ready、idle、在线、空闲等状态起，到下一次切换为止。",
    },
    edgeCases: heartbeat,
  },
  {
    ...agentTime,
    key: "agent_busy_ms",
    numerator: { add: ["agent_busy_ms"] },
    name: { en: "Agent time busy", zh: "坐席忙碌时长" },
    meaning: {
      en: "Time in which agents were busy (to_status such as busy, occupied, in_call, on_call or in_session, in either language).",
      zh: "坐席处于忙碌状态的时间（to_status 为 busy、occupied、in_call、on_call、in_session、忙碌、通话中等）。",
    },
    edgeCases: heartbeat,
  },
  {
    ...agentTime,
    key: "agent_away_ms",
    numerator: { add: ["agent_away_ms"] },
    name: { en: "Agent time away", zh: "离席时长" },
    meaning: {
      en: "Time in which agents were logged in and away: any status that means neither online, busy nor offline (such as offline, logged_out, logout or invisible, in either language).",
      zh: "坐席已登录但离开的时间：既非在线、忙碌也非离线（offline、logged_out、logout、invisible、离线等）的任何状态。",
    },
    edgeCases: heartbeat,
  },
  {
    ...shareOf,
    key: "agent_occupancy_rate",
    group: "agent_workbench",
    cohort: "agent_time",
    numerator: { add: ["total_handle_time_ms"] },
    denominator: { add: ["agent_online_ms", "agent_busy_ms"] },
    name: { en: "Occupancy", zh: "坐席利用率" },
    meaning: {
      en: "Handle time of the sessions released in the period over the time in which agents were online or busy.",
      zh: "周期内释放会话的处理时长，除以坐席在线和忙碌的时长。",
    },
    edgeCases: {
      en: "Time away is not in the denominator, and work on tickets is not in the numerator: it has no handle time. Agents who handle several sessions at once may exceed 100 %. Handle time belongs to the release, agent time is clipped at the period: a session across the period's end counts with its release.",
      zh: "离开时间不在分母内；处理工单没有处理时长，不在分子内。同时处理多个会话时可能超过 100%。处理时长计入释放所在周期，坐席时长在周期边界截断：跨周期的会话随释放计入。",
    },
  },
  {
    ...shareOf,
    ...second,
    key: "ticket_reopen_rate",
    group: "tickets",
    cohort: "ticket_close",
    numerator: { add: ["tickets_first_closed_reopened"] },
    denominator: { add: ["tickets_first_closed"] },
    name: { en: "Ticket reopen rate", zh: "工单重开率" },
    meaning: {
      en: "Of the tickets first closed in the period, the share that was reopened since.",
      zh: "周期内首次关闭的工单中，之后被重新打开的占比。",
    },
    peer: {
      en: "Zendesk counts, for each ticket, how often its status went from solved back to an open one (reopens).",
      zh: "Zendesk 对每张工单统计状态由已解决变回未解决的次数（reopens）。",
      source: "https://developer.zendesk.com/rest_api/docs/core/ticket_metrics",
    },
    edgeCases: {
      en: "Closes and reopenings as for tickets_resolved. A ticket counts once however often it is reopened; late reopenings still change past periods, until they are sealed.",
      zh: "关闭和重开的定义与 tickets_resolved 相同。多次重开只计一次；之后的重开仍会改变过去的周期，直到封存。",
    },
  },
  {
    ...numberOf,
    ...second,
    key: "tickets_reopened",
    group: "tickets",
    cohort: "ticket_close",
    numerator: { add: ["tickets_first_closed_reopened"] },
    name: { en: "Tickets reopened", zh: "重开的工单" },
    meaning: {
      en: "Tickets first closed in the period that were reopened since.",
      zh: "周期内首次关闭、之后被重新打开的工单数。",
    },
  },
  {
    ...numberOf,
    ...second,
    key: "ticket_backlog",
    group: "tickets",
    cohort: "period_end",
    numerator: { add: ["tickets_open_at_end"] },
    name: { en: "Ticket backlog", zh: "未结工单" },
    meaning: {
      en: "Tickets that are open at the end of the period (in a running one, now): created, and not closed or reopened after the close.",
      zh: "周期结束时（进行中的周期为当前时刻）仍未关闭的工单：已创建，且未关闭或关闭后又重开。",
    },
    edgeCases: {
      en: "As it was: what happened to a ticket later does not change the backlog of a past day; events that arrive late do. A ticket whose ticket.created was never recorded is not in it.",
      zh: "反映当时的情况：之后发生的变化不影响过去某天的未结数，迟到的事件会更正它。未记录 ticket.created 的工单不计入。",
    },
  },
  {
    ...numberOf,
    ...second,
    key: "ticket_backlog_unassigned",
    group: "tickets",
    cohort: "period_end",
    numerator: { add: ["tickets_unassigned_at_end"] },
    name: { en: "Backlog without an agent", zh: "未分配的未结工单" },
    meaning: {
      en: "Tickets of the backlog without a ticket.assigned up to the end of the period.",
      zh: "未结工单中，到周期结束时没有 ticket.assigned 的部分。",
    },
  },
];
