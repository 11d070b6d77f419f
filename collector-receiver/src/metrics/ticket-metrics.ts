import type { MetricDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";

const tickets = { group: "tickets", cohort: "event_time", definitionVersion: 1, since: "0.1.0" } as const;
/** New or changed with counting rules 2. */
const rules2 = { definitionVersion: 2, since: "0.3.0" } as const;

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
    denominator: { add: ["resolutions_timed"] },
    name: { en: "Average resolution time", zh: "平均解决时长" },
    meaning: {
      en: "Mean resolution_duration_hours of the closes in the period that tell it.",
      zh: "周期内给出时长的关闭事件的 resolution_duration_hours 平均值。",
    },
    ...rules2,
  },
  {
    ...tickets,
    ...rules2,
    definitionVersion: 1,
    kind: "ratio",
    key: "plan_avg_resolution_hours",
    unit: "h",
    factor: 1,
    display: { style: "duration", unit: "hour", digits: 1 },
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
    key: "sla_met_rate",
    numerator: { add: ["tickets_sla_met"] },
    denominator: { add: ["sla_known"] },
    name: { en: "SLA met", zh: "SLA 达标率" },
    meaning: {
      en: "Of the closes that say whether the service level was met, the share that met it. Higher is better.",
      zh: "在说明是否达成 SLA 的关闭中，达成的占比，越高越好。",
    },
    peer: {
      en: "LibreDesk: met / (met + breached); pending ones are in neither.",
      zh: "LibreDesk：达标 /（达标 + 违约），待定的都不计。",
      source: "https://github.com/abhinavxd/libredesk",
    },
    ...rules2,
  },
  {
    ...tickets,
    ...rate,
    ...rules2,
    definitionVersion: 1,
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
