import type { MetricDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";

const common = {
  cohort: "event_time",
  definitionVersion: 1,
  since: "0.1.0",
} as const;
const workbench = { ...common, group: "agent_workbench" } as const;
const tickets = { ...common, group: "tickets" } as const;
const flow = {
  en: "A flow: numerator and denominator are events of the same period, not of the same sessions.",
  zh: "流量口径：分子和分母是同一周期内的事件，不一定属于同一批会话。",
} as const;

/** Metrics of the agent workbench (`agent.*`) and of its tickets (`ticket.*`). */
export const workbenchMetrics: readonly MetricDefinition[] = [
  {
    ...workbench,
    ...counted,
    key: "agent_logins",
    numerator: { add: ["agent_logins"] },
    name: { en: "Agent logins", zh: "坐席登录次数" },
    meaning: { en: "agent.login events.", zh: "agent.login 事件数。" },
  },
  {
    ...workbench,
    kind: "sum",
    key: "total_work_minutes",
    unit: "min",
    display: { style: "duration", unit: "hour", digits: 1 },
    numerator: { add: ["total_work_minutes"] },
    name: { en: "Work time", zh: "工作时长" },
    meaning: {
      en: "Sum of work_duration_minutes of agent.logout, in the period of the logout.",
      zh: "agent.logout 的 work_duration_minutes 之和，计入登出所在的周期。",
    },
    edgeCases: {
      en: "Work that is still going on counts when the agent logs out.",
      zh: "尚未登出的工作时间在登出时才计入。",
    },
  },
  {
    ...workbench,
    ...counted,
    key: "sessions_handled",
    numerator: { add: ["sessions_handled"] },
    name: { en: "Sessions handled", zh: "处理会话数" },
    meaning: {
      en: "agent.session_takeover events. What agent.logout says of itself is stored, never counted.",
      zh: "agent.session_takeover 事件数。agent.logout 自报的数量入库但不计数。",
    },
    edgeCases: {
      en: "A session that is taken over twice counts twice.",
      zh: "被接管两次的会话计两次。",
    },
  },
  {
    ...workbench,
    ...counted,
    key: "sessions_released",
    numerator: { add: ["sessions_released"] },
    name: { en: "Sessions released", zh: "释放会话数" },
    meaning: { en: "agent.session_release events.", zh: "agent.session_release 事件数。" },
  },
  {
    ...workbench,
    kind: "ratio",
    key: "avg_first_response_ms",
    unit: "ms",
    factor: 1,
    display: { style: "duration", unit: "second", digits: 0 },
    numerator: { add: ["total_first_response_ms"] },
    denominator: { add: ["sessions_handled"] },
    name: { en: "Average first response (wait until takeover)", zh: "平均首次响应（等待接管）" },
    meaning: {
      en: "Mean time that customers waited until an agent took the session over.",
      zh: "客户等待坐席接管的平均时间。",
    },
    edgeCases: {
      en: "A takeover without wait_duration_seconds counts in the denominator and adds 0.",
      zh: "没有 wait_duration_seconds 的接管计入分母，时长按 0。",
    },
  },
  {
    ...workbench,
    kind: "ratio",
    key: "avg_handle_time_sec",
    unit: "s",
    factor: 1,
    display: { style: "duration", unit: "minute", digits: 1 },
    numerator: { add: ["total_handle_time_sec"] },
    denominator: { add: ["sessions_handled"] },
    name: { en: "Average handle time", zh: "平均处理时长" },
    meaning: {
      en: "Handle seconds of the releases over the takeovers of the period.",
      zh: "周期内释放事件的处理秒数除以接管数。",
    },
    edgeCases: flow,
  },
  {
    ...workbench,
    ...counted,
    key: "agent_messages_sent",
    numerator: { add: ["agent_messages_sent"] },
    name: { en: "Agent messages", zh: "坐席消息数" },
    meaning: { en: "agent.session_message events.", zh: "agent.session_message 事件数。" },
  },
  {
    ...workbench,
    kind: "ratio",
    key: "messages_per_session_handled",
    unit: "ratio",
    factor: 1,
    display: { style: "number", digits: 1 },
    numerator: { add: ["agent_messages_sent"] },
    denominator: { add: ["sessions_handled"] },
    name: { en: "Messages per session handled", zh: "每个处理会话的坐席消息数" },
    meaning: {
      en: "Agent messages over takeovers (the plan's messages per agent).",
      zh: "坐席消息数除以接管数（计划中的“坐席人均消息数”）。",
    },
    edgeCases: flow,
  },
  {
    ...workbench,
    ...counted,
    key: "sessions_transferred",
    numerator: { add: ["sessions_transferred"] },
    name: { en: "Sessions transferred", zh: "转接会话数" },
    meaning: { en: "agent.session_transfer events.", zh: "agent.session_transfer 事件数。" },
  },
  {
    ...workbench,
    ...rate,
    key: "transfer_rate",
    numerator: { add: ["sessions_transferred"] },
    denominator: { add: ["sessions_handled"] },
    name: { en: "Transfer rate", zh: "转接率" },
    meaning: {
      en: "Transfers over takeovers. Lower is better.",
      zh: "转接数除以接管数，越低越好。",
    },
    edgeCases: flow,
  },
  {
    ...tickets,
    ...counted,
    key: "tickets_created",
    numerator: { add: ["tickets_created"] },
    name: { en: "Tickets created", zh: "创建工单数" },
    meaning: { en: "ticket.created events.", zh: "ticket.created 事件数。" },
  },
  {
    ...tickets,
    ...counted,
    key: "tickets_closed",
    numerator: { add: ["tickets_closed"] },
    name: { en: "Tickets resolved", zh: "解决工单数" },
    meaning: {
      en: "ticket.closed events. The case study shows it as tickets_resolved.",
      zh: "ticket.closed 事件数。商业案例中显示为 tickets_resolved。",
    },
    edgeCases: {
      en: "A ticket that is closed twice counts twice.",
      zh: "关闭两次的工单计两次。",
    },
  },
  {
    ...tickets,
    ...counted,
    key: "tickets_sla_met",
    numerator: { add: ["tickets_sla_met"] },
    name: { en: "Tickets within SLA", zh: "SLA 达标工单数" },
    meaning: {
      en: "ticket.closed with sla_met true.",
      zh: "sla_met 为 true 的 ticket.closed。",
    },
  },
  {
    ...tickets,
    ...rate,
    key: "ticket_resolution_rate",
    numerator: { add: ["tickets_closed"] },
    denominator: { add: ["tickets_created"] },
    name: { en: "Ticket resolution rate", zh: "工单解决率" },
    meaning: {
      en: "Tickets closed over tickets created in the period.",
      zh: "周期内关闭工单数除以创建工单数。",
    },
    edgeCases: {
      en: "A flow: it exceeds 100 % where tickets of earlier periods are closed.",
      zh: "流量口径：关闭以前周期的工单时可超过 100%。",
    },
  },
  {
    ...tickets,
    kind: "ratio",
    key: "avg_resolution_hours",
    unit: "h",
    factor: 1,
    display: { style: "duration", unit: "hour", digits: 1 },
    numerator: { add: ["total_resolution_hours"] },
    denominator: { add: ["tickets_closed"] },
    name: { en: "Average resolution time", zh: "平均解决时长" },
    meaning: {
      en: "Mean resolution_duration_hours of the tickets closed in the period.",
      zh: "周期内关闭工单的 resolution_duration_hours 平均值。",
    },
  },
  {
    ...tickets,
    ...rate,
    key: "sla_met_rate",
    numerator: { add: ["tickets_sla_met"] },
    denominator: { add: ["tickets_closed"] },
    name: { en: "SLA met", zh: "SLA 达标率" },
    meaning: {
      en: "Share of the closed tickets that met their service level. Higher is better.",
      zh: "关闭的工单中达成 SLA 的占比，越高越好。",
    },
  },
];
