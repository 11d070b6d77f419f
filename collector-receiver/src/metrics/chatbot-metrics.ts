import type { MetricDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";
import { resolutionPeer } from "./outcome-metrics.ts";

const common = { group: "ai_chatbot", definitionVersion: 1, since: "0.1.0" } as const;
/** Changed by counting rules 2. */
const second = { definitionVersion: 2, since: "0.3.0" } as const;
const sessions = { ...common, cohort: "session_start" } as const;
const events = { ...common, cohort: "event_time" } as const;

/** Metrics of the AI chatbot: `session.*` and `query.*`. */
export const chatbotMetrics: readonly MetricDefinition[] = [
  {
    ...sessions,
    ...counted,
    key: "total_sessions",
    numerator: { add: ["total_sessions"] },
    name: { en: "Conversations", zh: "会话数" },
    meaning: {
      en: "Distinct session_id with a session.start, in the period of the first start. The case study shows it as total_customers_served.",
      zh: "有 session.start 的不同 session_id 数，计入首次开始所在的周期。商业案例中显示为 total_customers_served。",
    },
    edgeCases: {
      en: "A second session.start with the same id does not count again. A session without a known start belongs to no period.",
      zh: "同一编号再次 session.start 不重复计数。没有开始事件的会话不属于任何周期。",
    },
  },
  {
    ...sessions,
    ...counted,
    key: "unique_customers",
    numerator: { add: ["unique_customers"] },
    name: { en: "Distinct customers", zh: "独立客户数" },
    meaning: {
      en: "Distinct customers of the sessions that started in the period. A session's customer is the user_id that its session.* and query.* events name last.",
      zh: "周期内开始的会话的独立客户数。会话的客户是其 session.* 和 query.* 事件最后给出的 user_id。",
    },
    edgeCases: {
      en: "Cannot be added up from days: known for a day, an ISO week and a month, null for any other range. Placeholders such as an empty text, null, none, anonymous, guest, unknown, 0 or -1 name nobody. Sessions without a customer are not in it.",
      zh: "不能由每日数相加：只有单日、ISO 周和月有值，其他范围为 null。空、null、none、anonymous、匿名、游客、0、-1 等占位值不算客户。没有客户的会话不计入。",
    },
    peer: {
      en: "PostHog merges an anonymous id into the customer that is identified later.",
      zh: "PostHog 在识别客户后，把匿名编号并入该客户。",
      source: "https://posthog.com/docs/product-analytics/identify",
    },
    ...second,
  },
  {
    ...sessions,
    ...counted,
    key: "sessions_ended",
    numerator: { add: ["sessions_ended"] },
    name: { en: "Sessions ended explicitly", zh: "明确结束的会话" },
    meaning: { en: "Sessions with a session.end.", zh: "有 session.end 的会话。" },
  },
  {
    ...sessions,
    ...counted,
    key: "sessions_ended_idle",
    numerator: { add: ["sessions_ended_idle"] },
    name: { en: "Sessions ended by silence", zh: "超时自动结束的会话" },
    meaning: {
      en: "Sessions without a session.end whose last activity lies an idle timeout before the stored watermark.",
      zh: "没有 session.end，且最后活动已早于水位线一个静默超时的会话。",
    },
    edgeCases: {
      en: "Later activity opens the session again.",
      zh: "之后又有活动时，会话重新视为进行中。",
    },
  },
  {
    ...sessions,
    ...counted,
    key: "sessions_open",
    numerator: { add: ["total_sessions"], subtract: ["sessions_ended", "sessions_ended_idle"] },
    name: { en: "Sessions still open", zh: "仍在进行的会话" },
    meaning: {
      en: "Sessions of the period that have not ended. They are in the denominator of the resolution rate.",
      zh: "周期内开始、尚未结束的会话，计入解决率的分母。",
    },
  },
  {
    ...sessions,
    ...counted,
    key: "ai_resolved_sessions",
    numerator: { add: ["ai_resolved_sessions"] },
    name: { en: "Sessions resolved by AI", zh: "AI 解决的会话" },
    meaning: {
      en: "Sessions that ended, in which the AI answered and no human took part, that were not escalated, and whose last end does not say that it failed.",
      zh: "已结束、AI 回答过、没有人工参与、未转人工，且最后一次结束未表明失败的会话。",
    },
    edgeCases: {
      en: "An escalation, a human or a failed end that comes later takes the session out again. For a tenant without any AI answer it is not known.",
      zh: "之后发生的转人工、人工参与或失败的结束会将该会话移出。租户从无 AI 回答时为未知。",
    },
    peer: resolutionPeer,
    needsAiAnswers: true,
    ...second,
  },
  {
    ...sessions,
    ...counted,
    key: "ai_resolved_idle",
    numerator: { add: ["ai_resolved_idle"] },
    name: { en: "AI resolutions that ended by silence", zh: "超时自动结束的 AI 解决" },
    meaning: {
      en: "The part of the resolved sessions that ended by silence, without any session.end.",
      zh: "AI 解决的会话中没有 session.end、超时自动结束的部分。",
    },
    needsAiAnswers: true,
    ...second,
  },
  {
    ...sessions,
    ...rate,
    key: "ai_resolution_rate",
    numerator: { add: ["ai_resolved_sessions"] },
    denominator: { add: ["total_sessions"] },
    name: { en: "AI resolution rate", zh: "AI 解决率" },
    meaning: {
      en: "Share of the sessions that the AI resolved alone. Higher is better.",
      zh: "由 AI 独立解决的会话占比，越高越好。",
    },
    edgeCases: {
      en: "Open sessions and those that nobody answered are in the denominator, so a running period starts low.",
      zh: "进行中的会话和无人回答的会话计入分母，因此未结束的周期初期偏低。",
    },
    peer: resolutionPeer,
    needsAiAnswers: true,
    ...second,
  },
  {
    ...sessions,
    ...counted,
    key: "escalated_sessions",
    numerator: { add: ["escalated_sessions"] },
    name: { en: "Escalated sessions", zh: "转人工会话" },
    meaning: {
      en: "Sessions with at least one session.escalate.",
      zh: "至少有一次 session.escalate 的会话。",
    },
  },
  {
    ...sessions,
    ...rate,
    key: "escalation_rate",
    numerator: { add: ["escalated_sessions"] },
    denominator: { add: ["total_sessions"] },
    name: { en: "Escalation rate", zh: "转人工率" },
    meaning: {
      en: "Share of the sessions that were escalated. Lower is better.",
      zh: "转人工的会话占比，越低越好。",
    },
  },
  {
    ...sessions,
    kind: "sum",
    key: "estimated_cost_saved",
    unit: "currency",
    display: { style: "currency", digits: 0 },
    numerator: { add: ["estimated_cost_saved"] },
    estimate: true,
    name: { en: "Cost saved (estimate)", zh: "成本节省（估算）" },
    meaning: {
      en: "Each resolved session adds the cost of a manual session that was valid on its start day. An estimate: the cost is a setting, not a measurement.",
      zh: "每个 AI 解决的会话按其开始日有效的单次人工成本累加。属估算：单次成本是设定值，不是测量值。",
    },
    edgeCases: {
      en: "A later change of the cost rewrites nothing.",
      zh: "之后修改成本不会改写历史。",
    },
    needsAiAnswers: true,
    ...second,
  },
  {
    ...sessions,
    ...counted,
    key: "reused_session_ids",
    numerator: { add: ["reused_session_ids"] },
    name: { en: "Reused session ids", zh: "重复使用的会话编号" },
    meaning: {
      en: "Session ids that started again after their end or after the idle timeout. A data-quality warning: such a product uses customer ids as session ids and undercounts.",
      zh: "结束后或超过静默超时后再次开始的会话编号。数据质量警告：产品可能把客户编号当作会话编号，会话数因此偏低。",
    },
    edgeCases: {
      en: "An end up to five minutes before the start is a skewed clock, and no reused id.",
      zh: "结束时间早于开始时间不超过五分钟视为时钟偏差，不算重复使用。",
    },
    ...second,
  },
  {
    ...events,
    ...counted,
    key: "total_messages",
    numerator: { add: ["total_messages"] },
    name: { en: "Messages", zh: "消息数" },
    meaning: { en: "All session.message events.", zh: "全部 session.message 事件。" },
  },
  {
    ...events,
    ...counted,
    key: "responses_timed",
    numerator: { add: ["responses_timed"] },
    name: { en: "Timed responses", zh: "计时的回复数" },
    meaning: {
      en: "Messages of the AI that carry a valid response_time_ms.",
      zh: "AI 发送且带有有效 response_time_ms 的消息。",
    },
    ...second,
  },
  {
    ...events,
    kind: "ratio",
    key: "avg_response_time_ms",
    unit: "ms",
    factor: 1,
    display: { style: "duration", unit: "second", digits: 1, keepZero: true, staysInUnit: true },
    numerator: { add: ["total_response_time_ms"] },
    denominator: { add: ["responses_timed"] },
    name: { en: "Average response time", zh: "平均响应时间" },
    meaning: {
      en: "Mean response_time_ms of the messages of the AI that carry it; for a streamed answer, to its end.",
      zh: "AI 消息的 response_time_ms 平均值；流式回答计到回答结束。",
    },
    ...second,
  },
  ...(["order", "tracking"] as const).flatMap((query): MetricDefinition[] => {
    const zh = query === "order" ? "订单" : "物流";
    const en = query === "order" ? "Order" : "Tracking";
    return [
      {
        ...events,
        ...counted,
        key: `${query}_queries_success`,
        numerator: { add: [`${query}_queries_success`] },
        name: { en: `${en} queries that succeeded`, zh: `${zh}查询成功数` },
        meaning: {
          en: `query.${query} with success true.`,
          zh: `success 为 true 的 query.${query}。`,
        },
      },
      {
        ...events,
        ...counted,
        key: `${query}_queries_failed`,
        numerator: { add: [`${query}_queries_failed`] },
        name: { en: `${en} queries that failed`, zh: `${zh}查询失败数` },
        meaning: {
          en: `query.${query} with success false.`,
          zh: `success 为 false 的 query.${query}。`,
        },
      },
      {
        ...events,
        ...rate,
        key: `${query}_query_success_rate`,
        numerator: { add: [`${query}_queries_success`] },
        denominator: { add: [`${query}_queries_success`, `${query}_queries_failed`] },
        name: { en: `${en} query success rate`, zh: `${zh}查询成功率` },
        meaning: {
          en: `Share of the ${query} queries that succeeded.`,
          zh: `${zh}查询中成功的占比。`,
        },
      },
    ];
  }),
];
