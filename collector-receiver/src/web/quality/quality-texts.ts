import type { Locale } from "../../metrics/format-metric.ts";

/** The words of the pages of data quality, once for each language. */
interface QualityTexts {
  readonly title: (period: string) => string;
  readonly name: string;
  readonly lead: string;
  readonly of: (events: string) => string;
  readonly clean: string;
  readonly kinds: string;
  readonly kind: string;
  readonly found: string;
  readonly event: string;
  readonly attribute: string;
  readonly detail: string;
  readonly days: string;
  readonly action: string;
  readonly whole: string;
  readonly look: string;
  readonly more: (shown: string) => string;
  readonly evidence: string;
  readonly sources: (recorded: string, missing: string, dropped: string) => string;
  readonly unkept: (count: string) => string;
  readonly clocks: {
    readonly title: string;
    readonly meaning: string;
    readonly service: string;
    readonly ahead: string;
    readonly arrived: string;
    readonly waiting: string;
  };
  readonly listTitle: (meaning: string, period: string) => string;
  readonly count: (shown: string, total: string) => string;
  readonly time: string;
  readonly arrived: string;
  readonly code: string;
  readonly key: string;
  readonly signal: string;
  readonly reasons: string;
}

export const qualityTexts: Readonly<Record<Locale, QualityTexts>> = {
  en: {
    title: (period) => `Data quality, ${period}`,
    name: "Data quality",
    lead: "What the figures of this period rest on. Each line is counted exactly once, with the events themselves.",
    of: (events) => `${events} events are counted in this period`,
    clean: "Nothing to report: every event is complete.",
    kinds: "In all",
    kind: "Kind",
    found: "Events",
    event: "Event",
    attribute: "Attribute",
    detail: "Word or code",
    days: "Days",
    action: "What to do",
    whole: "—",
    look: "Show them",
    more: (shown) => `Only the ${shown} most frequent lines are shown.`,
    evidence: "Known beside that",
    sources: (recorded, missing, dropped) =>
      `The sources that were active numbered ${recorded} events; ${missing} have not arrived, ${dropped} were dropped by the product itself.`,
    unkept: (count) =>
      `${count} further rejected events were counted alone: their tenant had had its bound of the day.`,
    clocks: {
      title: "Clocks that run ahead",
      meaning:
        "The last events of these services arrived before their time. Set their clocks. What is more than an hour ahead, or on a day that has not begun, waits and is counted when its time has come.",
      service: "Service",
      ahead: "Ahead by",
      arrived: "Last arrival",
      waiting: "Waiting",
    },
    listTitle: (name, period) => `${name}, ${period}`,
    count: (shown, total) => `${shown} of ${total} shown, in the order in which they occurred`,
    time: "Time",
    arrived: "Arrived",
    code: "Code",
    key: "Key",
    signal: "Signal",
    reasons: "The reason of each stands in analytics_rejected_events; it quotes values, so it is not shown here.",
  },
  "zh-CN": {
    title: (period) => `数据质量，${period}`,
    name: "数据质量",
    lead: "本期数字所依据的数据。每一项都随事件一起计数，且只计一次。",
    of: (events) => `本期共计数 ${events} 个事件`,
    clean: "没有问题：所有事件都完整。",
    kinds: "合计",
    kind: "类别",
    found: "事件数",
    event: "事件",
    attribute: "属性",
    detail: "词或代码",
    days: "日期",
    action: "如何处理",
    whole: "—",
    look: "查看",
    more: (shown) => `只显示出现最多的 ${shown} 项。`,
    evidence: "另外已知",
    sources: (recorded, missing, dropped) =>
      `活动的数据源共编号 ${recorded} 个事件；${missing} 个尚未到达，${dropped} 个由产品自行丢弃。`,
    unkept: (count) => `另有 ${count} 个被拒绝的事件只计数未保留：该租户当日已达上限。`,
    clocks: {
      title: "时钟超前的发送方",
      meaning:
        "这些服务最近的事件早于其发生时间到达，请校准时钟。超前一小时以上、或属于尚未开始的日期的事件会先等待，到时再计数。",
      service: "服务",
      ahead: "超前",
      arrived: "最近到达",
      waiting: "等待中",
    },
    listTitle: (name, period) => `${name}，${period}`,
    count: (shown, total) => `共 ${total} 条，显示 ${shown} 条，按发生时间排列`,
    time: "时间",
    arrived: "到达时间",
    code: "代码",
    key: "键",
    signal: "信号",
    reasons: "每个事件的原因见 analytics_rejected_events；其中引用了原值，因此不在此显示。",
  },
};
