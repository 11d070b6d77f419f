import type { Locale } from "../../metrics/format-metric.ts";
import type { EventList } from "../../stats/lists/event-lists.ts";
import type { TicketList } from "../../stats/lists/ticket-lists.ts";

export interface EventTexts {
  /** Title of a list. */
  readonly lists: Readonly<Record<EventList, string>>;
  /** The link from a figure to the list. */
  readonly behind: Readonly<Record<EventList, string>>;
  /** Title of a list of tickets. */
  readonly ticketLists: Readonly<Record<TicketList, string>>;
  readonly age: string;
  readonly priority: string;
  readonly assignee: string;
  readonly ticketNumber: string;
  readonly noTicket: (number: string) => string;
  readonly reopened: string;
  readonly title: (list: string, period: string) => string;
  readonly ofAgent: (agent: string) => string;
  readonly shown: (shown: string) => string;
  readonly count: (shown: string, total: string) => string;
  readonly none: string;
  readonly gone: (from: string) => string;
  readonly path: string;
  readonly time: string;
  readonly event: string;
  readonly agent: string;
  readonly session: string;
  readonly ticket: string;
  readonly attributes: string;
  readonly trace: string;
  readonly service: string;
  readonly next: string;
  readonly withheld: (names: string) => string;
  readonly privacy: string;
  readonly unnamed: (id: string) => string;
  readonly agentOf: (name: string) => string;
  readonly agentNumber: string;
  readonly agentFigures: string;
  readonly agents: string;
  readonly nameOrNumber: string;
  readonly teamAverage: (agents: string) => string;
  readonly byDay: string;
  readonly day: string;
  readonly allEvents: string;
  readonly nothingOfAgent: string;
  readonly ticketOf: (id: string) => string;
  readonly ticketState: string;
  readonly states: Readonly<Record<"open" | "closed", string>>;
  readonly created: string;
  readonly closed: string;
  readonly resolution: string;
  readonly sla: string;
  readonly slaMet: string;
  readonly slaMissed: string;
  readonly handledBy: string;
  readonly events: string;
}

export const eventTexts: Readonly<Record<Locale, EventTexts>> = {
  en: {
    lists: {
      sessions_handled: "Sessions taken over",
      sessions_released: "Sessions released",
      sessions_transferred: "Sessions transferred",
      agent_messages_sent: "Messages of agents",
      agent_logins: "Logins",
      agent_logouts: "Logouts",
      agent_status_changes: "Changes of status",
      tickets_created: "Tickets created",
      tickets_closed: "Ticket closes",
      tickets_sla_missed: "Tickets that missed their SLA",
      order_queries_failed: "Order queries that failed",
      tracking_queries_failed: "Tracking queries that failed",
    },
    behind: {
      sessions_handled: "View takeovers",
      sessions_released: "View releases",
      sessions_transferred: "View transfers",
      agent_messages_sent: "View messages",
      agent_logins: "View logins",
      agent_logouts: "View logouts",
      agent_status_changes: "View changes of status",
      tickets_created: "View tickets",
      tickets_closed: "View closes",
      tickets_sla_missed: "View tickets that missed it",
      order_queries_failed: "View failed look-ups",
      tracking_queries_failed: "View failed look-ups",
    },
    ticketLists: {
      ticket_backlog: "Tickets open at the end",
      ticket_backlog_unassigned: "Open, without an agent",
      tickets_reopened: "Tickets opened again",
      tickets_resolved: "Tickets resolved",
    },
    age: "Age",
    priority: "Priority",
    assignee: "Assigned to",
    ticketNumber: "Ticket number",
    noTicket: (number) => `There is no ticket ${number}.`,
    reopened: "Opened again",
    title: (list, period) => `${list}, ${period}`,
    ofAgent: (agent) => `by ${agent}`,
    shown: (shown) => `${shown} shown, in the order in which they occurred`,
    count: (shown, total) => `${shown} of ${total} shown, in the order in which they occurred`,
    none: "There are none.",
    gone: (from) => `Events before ${from} are gone by retention. What was counted of them is final.`,
    path: "Where this page lies",
    time: "Time",
    event: "Event",
    agent: "Agent",
    session: "Session",
    ticket: "Ticket",
    attributes: "Attributes",
    trace: "Trace",
    service: "Service",
    next: "Next page",
    withheld: (names) => `not shown: ${names}`,
    privacy: "Texts of messages are never recorded; other texts that are not in the catalogue are not shown.",
    unnamed: (id) => `Agent ${id}`,
    agentOf: (name) => name,
    agentNumber: "Agent number",
    agentFigures: "Figures of the period",
    agents: "Agents",
    nameOrNumber: "Name or number",
    teamAverage: (agents) => `Average of the team (${agents})`,
    byDay: "By day",
    day: "Day",
    allEvents: "Events",
    nothingOfAgent: "This agent did nothing in this period.",
    ticketOf: (id) => `Ticket ${id}`,
    ticketState: "State",
    states: { open: "open", closed: "resolved" },
    created: "Created",
    closed: "Resolved",
    resolution: "Resolution time",
    sla: "SLA",
    slaMet: "met",
    slaMissed: "missed",
    handledBy: "Resolved by",
    events: "Events in order",
  },
  "zh-CN": {
    lists: {
      sessions_handled: "被接管的会话",
      sessions_released: "被释放的会话",
      sessions_transferred: "被转接的会话",
      agent_messages_sent: "坐席消息",
      agent_logins: "登录",
      agent_logouts: "登出",
      agent_status_changes: "状态切换",
      tickets_created: "创建的工单",
      tickets_closed: "关闭事件",
      tickets_sla_missed: "未达成 SLA 的工单",
      order_queries_failed: "失败的订单查询",
      tracking_queries_failed: "失败的物流查询",
    },
    behind: {
      sessions_handled: "查看接管",
      sessions_released: "查看释放",
      sessions_transferred: "查看转接",
      agent_messages_sent: "查看消息",
      agent_logins: "查看登录",
      agent_logouts: "查看登出",
      agent_status_changes: "查看状态切换",
      tickets_created: "查看工单",
      tickets_closed: "查看关闭事件",
      tickets_sla_missed: "查看未达标工单",
      order_queries_failed: "查看失败记录",
      tracking_queries_failed: "查看失败记录",
    },
    ticketLists: {
      ticket_backlog: "期末未结的工单",
      ticket_backlog_unassigned: "未结且未分配的工单",
      tickets_reopened: "重新打开的工单",
      tickets_resolved: "解决的工单",
    },
    age: "已历时",
    priority: "优先级",
    assignee: "负责人",
    ticketNumber: "工单编号",
    noTicket: (number) => `没有工单 ${number}。`,
    reopened: "重新打开",
    title: (list, period) => `${list}，${period}`,
    ofAgent: (agent) => `坐席：${agent}`,
    shown: (shown) => `显示 ${shown} 条，按发生时间排列`,
    count: (shown, total) => `共 ${total} 条，显示 ${shown} 条，按发生时间排列`,
    none: "没有记录。",
    gone: (from) => `${from}之前的事件已按保留期清除，其统计数字为最终值。`,
    path: "页面位置",
    time: "时间",
    event: "事件",
    agent: "坐席",
    session: "会话",
    ticket: "工单",
    attributes: "属性",
    trace: "链路",
    service: "服务",
    next: "下一页",
    withheld: (names) => `不予显示：${names}`,
    privacy: "从不记录消息内容；目录之外的文本不予显示。",
    unnamed: (id) => `坐席 ${id}`,
    agentOf: (name) => name,
    agentNumber: "坐席编号",
    agentFigures: "本期数字",
    agents: "坐席",
    nameOrNumber: "姓名或编号",
    teamAverage: (agents) => `团队平均（${agents} 人）`,
    byDay: "按天",
    day: "日期",
    allEvents: "事件",
    nothingOfAgent: "该坐席本期没有活动。",
    ticketOf: (id) => `工单 ${id}`,
    ticketState: "状态",
    states: { open: "处理中", closed: "已解决" },
    created: "创建",
    closed: "解决",
    resolution: "解决时长",
    sla: "SLA",
    slaMet: "达成",
    slaMissed: "未达成",
    handledBy: "解决者",
    events: "按时间排列的事件",
  },
};
