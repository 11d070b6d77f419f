import type { MetricDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";

const tickets = { group: "tickets", cohort: "event_time", definitionVersion: 1, since: "0.1.0" } as const;
/** Changed with counting rules 2. */
const rules2 = { definitionVersion: 2, since: "0.3.0" } as const;
/** New with them. */
const new2 = { definitionVersion: 1, since: "0.3.0" } as const;
const hours = {
  unit: "h",
  factor: 1,
  display: { style: "duration", unit: "hour", digits: 1 },
} as const;
/** Milliseconds in an hour. */
const ofMs = { divisor: 3_600_000 } as const;

const zendeskDurations = "https://support.zendesk.com/hc/en-us/articles/4408834848154";

/** Metrics of tickets (`ticket.*`). */
export const ticketMetrics: readonly MetricDefinition[] = [
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
    ...new2,
    key: "tickets_resolved",
    numerator: { add: ["tickets_resolved"] },
    name: { en: "Tickets resolved", zh: "解决工单数" },
    meaning: {
      en: "Tickets that ended closed, each once: on the day of the first close after their last reopening.",
      zh: "最终处于关闭状态的工单，每张只计一次：计在最后一次重开之后首次关闭的那天。",
    },
    edgeCases: {
      en: "A close is a ticket.closed, or a ticket.status_changed to a status such as resolved, closed, merged, archived or cancelled, in either language. A second close, or an automatic one later, changes nothing. A reopening is a status in which work goes on, told from one in which it was over or without from_status: it takes the resolution back until the ticket is closed again. The day of a resolution can so change later, until its month is sealed.",
      zh: "关闭指 ticket.closed，或 ticket.status_changed 变为 resolved、closed、merged、archived、cancelled、已解决、已关闭、已合并等状态。重复关闭或之后的自动关闭不改变结果。重开指从已结束的状态（或未给出 from_status）变为仍在处理的状态：解决随之撤回，直到再次关闭。因此解决所在的日期之后仍可能改变，直到该月封存。",
    },
    peer: {
      en: "Zendesk: a ticket is solved once; its full resolution is the most recent time that it was set to solved.",
      zh: "Zendesk：一张工单只算解决一次，完全解决取最近一次设为已解决的时间。",
      source: zendeskDurations,
    },
  },
  {
    ...tickets,
    ...rate,
    ...rules2,
    key: "ticket_resolution_rate",
    numerator: { add: ["tickets_resolved"] },
    denominator: { add: ["tickets_created"] },
    name: { en: "Closed ÷ created", zh: "关闭 ÷ 创建" },
    meaning: {
      en: "Tickets resolved in the period, over tickets created in it.",
      zh: "周期内解决的工单数，除以周期内创建的工单数。",
    },
    edgeCases: {
      en: "A comparison of two flows, not a share of the same tickets: above 100 % the backlog shrinks, below it grows.",
      zh: "两个流量之比，不是同一批工单中的占比：高于 100% 时未结工单减少，低于 100% 时增加。",
    },
  },
  {
    ...tickets,
    ...new2,
    kind: "ratio",
    ...hours,
    ...ofMs,
    key: "avg_first_resolution_hours",
    numerator: { add: ["first_resolution_ms"] },
    denominator: { add: ["first_resolutions_timed"] },
    name: { en: "Average first resolution time", zh: "平均首次解决时长" },
    meaning: {
      en: "Mean time from creation to the first resolution, over tickets first closed in the period whose close tells it.",
      zh: "周期内首次关闭、且关闭事件给出时长的工单，从创建到首次解决的平均时长。",
    },
    edgeCases: {
      en: "resolution_duration_hours of the first ticket.closed before the first reopening. What happens later does not change it.",
      zh: "取首次重开之前第一个 ticket.closed 的 resolution_duration_hours，之后的变化不影响它。",
    },
    peer: {
      en: "Zendesk: from creation to the first time that the ticket is set to solved.",
      zh: "Zendesk：从创建到首次设为已解决的时长。",
      source: zendeskDurations,
    },
  },
  {
    ...tickets,
    ...rules2,
    kind: "ratio",
    ...hours,
    ...ofMs,
    key: "avg_resolution_hours",
    numerator: { add: ["resolution_ms"] },
    denominator: { add: ["resolutions_timed"] },
    name: { en: "Average resolution time", zh: "平均解决时长" },
    meaning: {
      en: "Mean time from creation to the resolution that lasts, over tickets resolved in the period whose close tells it.",
      zh: "周期内解决、且关闭事件给出时长的工单，从创建到最终解决的平均时长。",
    },
    edgeCases: {
      en: "resolution_duration_hours of the first ticket.closed after the last reopening. A ticket that was closed by its status alone is resolved, and its time is not known.",
      zh: "取最后一次重开之后第一个 ticket.closed 的 resolution_duration_hours。只由状态关闭的工单算作解决，但时长未知。",
    },
    peer: {
      en: "Zendesk, full resolution time: from creation to the most recent time that the ticket is set to solved.",
      zh: "Zendesk 的完全解决时长：从创建到最近一次设为已解决的时长。",
      source: zendeskDurations,
    },
  },
  {
    ...tickets,
    ...rate,
    ...rules2,
    key: "sla_met_rate",
    numerator: { add: ["resolved_in_sla"] },
    denominator: { add: ["sla_known"] },
    name: { en: "SLA met", zh: "SLA 达标率" },
    meaning: {
      en: "Of the tickets resolved in the period whose resolving close says whether the service level was met, the share that met it. Higher is better.",
      zh: "周期内解决、且其关闭事件说明是否达成 SLA 的工单中，达成的占比，越高越好。",
    },
    peer: {
      en: "LibreDesk: met / (met + breached); pending ones are in neither.",
      zh: "LibreDesk：达标 /（达标 + 违约），待定的都不计。",
      source: "https://github.com/abhinavxd/libredesk",
    },
  },
  {
    ...tickets,
    ...counted,
    ...new2,
    key: "resolved_in_sla",
    numerator: { add: ["resolved_in_sla"] },
    name: { en: "Tickets resolved within SLA", zh: "SLA 达标工单数" },
    meaning: {
      en: "Tickets resolved in the period whose resolving close has sla_met true.",
      zh: "周期内解决、且其关闭事件 sla_met 为 true 的工单数。",
    },
  },
  {
    ...tickets,
    ...counted,
    ...new2,
    key: "tickets_closed_again",
    numerator: { add: ["tickets_closed_again"] },
    name: { en: "Tickets closed again", zh: "重复关闭次数" },
    meaning: {
      en: "Closes of tickets that were closed the same way already, and not reopened in between: a double click, or an automatic close. They change no other figure of resolved tickets.",
      zh: "对已用同样方式关闭、且其间没有重开的工单的再次关闭：如重复点击或自动关闭。不影响其他解决工单的数字。",
    },
    edgeCases: {
      en: "A ticket.closed beside a ticket.status_changed that says the same is one close.",
      zh: "ticket.closed 与含义相同的 ticket.status_changed 算同一次关闭。",
    },
  },
  {
    ...tickets,
    ...counted,
    ...new2,
    key: "reused_ticket_ids",
    numerator: { add: ["reused_ticket_ids"] },
    name: { en: "Reused ticket numbers", zh: "重复使用的工单号" },
    meaning: {
      en: "Ticket numbers with more than 1,000 closes and reopenings: a product sends the same number for many tickets. Nothing else is counted of them, except that their events are.",
      zh: "关闭和重开超过 1,000 次的工单号：产品对许多工单发送了同一个号码。除事件数外，不再对它们计任何数字。",
    },
  },
  {
    ...tickets,
    ...counted,
    key: "tickets_closed",
    numerator: { add: ["tickets_closed"] },
    name: { en: "Ticket closes", zh: "关闭事件数" },
    meaning: {
      en: "ticket.closed events: a ticket that is closed twice counts twice.",
      zh: "ticket.closed 事件数：关闭两次的工单计两次。",
    },
  },
  {
    ...tickets,
    ...counted,
    key: "tickets_sla_met",
    numerator: { add: ["tickets_sla_met"] },
    name: { en: "Ticket closes within SLA", zh: "SLA 达标关闭数" },
    meaning: {
      en: "ticket.closed with sla_met true.",
      zh: "sla_met 为 true 的 ticket.closed。",
    },
  },
  {
    ...tickets,
    ...rate,
    ...new2,
    key: "plan_ticket_resolution_rate",
    numerator: { add: ["tickets_closed"] },
    denominator: { add: ["tickets_created"] },
    name: { en: "Closed ÷ created by the plan's formula", zh: "关闭 ÷ 创建（计划公式）" },
    meaning: {
      en: "ticket.closed events over ticket.created events, as the plan divides: a ticket that is closed twice counts twice.",
      zh: "ticket.closed 事件数除以 ticket.created 事件数（计划的除法）：关闭两次的工单计两次。",
    },
  },
  {
    ...tickets,
    ...new2,
    kind: "ratio",
    ...hours,
    key: "plan_avg_resolution_hours",
    numerator: { add: ["total_resolution_hours"] },
    denominator: { add: ["tickets_closed"] },
    name: { en: "Average resolution time by the plan's formula", zh: "平均解决时长（计划公式）" },
    meaning: {
      en: "Hours of all closes over all closes, as the plan divides: hours that are not known count as 0.",
      zh: "全部关闭的时长除以全部关闭数（计划的除法）：未知的时长按 0 计。",
    },
  },
  {
    ...tickets,
    ...rate,
    ...new2,
    key: "plan_sla_met_rate",
    numerator: { add: ["tickets_sla_met"] },
    denominator: { add: ["tickets_closed"] },
    name: { en: "SLA met by the plan's formula", zh: "SLA 达标率（计划公式）" },
    meaning: {
      en: "Closes within the service level over all closes, as the plan divides: one that does not say counts as missed.",
      zh: "达标的关闭数除以全部关闭数（计划的除法）：未说明的按未达标计。",
    },
  },
];
