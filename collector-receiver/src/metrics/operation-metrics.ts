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
  "agent_present_ms",
  "agent_occupied_ms",
  "tickets_first_closed",
  "tickets_first_closed_reopened",
  "tickets_open_at_end",
  "tickets_unassigned_at_end",
] as const;
export type OperationTerm = (typeof operationTerms)[number];

/** The terms of one period as decimal text; null if a term is not known. */
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
/** numerator × factor / denominator, null if the denominator is 0. */
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
  ...second,
  kind: "sum",
  group: "agent_workbench",
  cohort: "agent_time",
  unit: "ms",
  display: { style: "duration", unit: "hour", digits: 1, isTotal: true },
} as const;
const presence: LocalText = {
  en: "Clipped at the ends of the period, and at now. An agent is there from a login on, and for the tenant's heartbeat (4 h unless set) after each of its events; a ticket's event counts so only between a login and a logout within a day. A logout counts unless the agent works on within the heartbeat before the next login; with login_id each device has its own. A logout within a second of a login, in either order, is a reload. Whoever holds a session is there: from the takeover until its release or transfer, another agent's takeover, its end or a logout that counts, without these until the agent's last event in it, 12 h at most. Of two states busy comes before online, and online before away.",
  zh: "在周期起止处和当前时刻截断。坐席自登录起在岗，每个事件之后再计租户心跳时长（默认 4 小时）；工单事件仅在登录与一天之内的登出之间才算。登出之后、下次登录之前若在心跳时长内仍有工作，该登出不计；带 login_id 时各设备分别计算。登出与登录相隔不到一秒（先后不限）视为刷新页面。持有会话即在岗：从接管到释放、转接、他人接管、会话结束或有效登出，都没有时到该坐席在会话中的最后一个事件，最长 12 小时。两种状态并存时，忙碌先于在线，在线先于离席。",
};
const occupancyPeer: PeerDefinition = {
  en: "Genesys: time engaged with customers and after-contact work over the time logged in and available. Calabrio: over ready time.",
  zh: "Genesys：与客户互动及后续处理的时间，除以登录且可用的时间。Calabrio：除以就绪时间。",
  source:
    "https://www.genesys.com/definitions/agent-occupancy https://help.calabrio.com/doc/Content/glossaries/wfm-concepts/occupancy.htm",
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
    edgeCases: presence,
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
    edgeCases: presence,
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
    edgeCases: presence,
  },
  {
    ...shareOf,
    ...second,
    key: "agent_occupancy_rate",
    group: "agent_workbench",
    cohort: "agent_time",
    numerator: { add: ["agent_occupied_ms"] },
    denominator: { add: ["agent_present_ms"] },
    name: { en: "Occupancy", zh: "坐席利用率" },
    meaning: {
      en: "Of the time in which agents were there (online, busy or away), the share in which they held a session or were busy.",
      zh: "坐席在岗（在线、忙碌或离席）的时间中，持有会话或处于忙碌状态的占比。",
    },
    edgeCases: {
      en: "Sessions that are held at once count once, so it never exceeds 100 %. Work on tickets is in it only as busy time. Clipped at the ends of the period, and at now. Sealed months keep handle time over time online and busy.",
      zh: "同时持有的多个会话只计一次，因此不会超过 100%。处理工单只有在忙碌状态下才计入。在周期起止处和当前时刻截断。已封存的月份仍为处理时长除以在线和忙碌时长。",
    },
    peer: occupancyPeer,
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
