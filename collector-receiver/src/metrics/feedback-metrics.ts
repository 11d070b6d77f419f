import type { LocalText } from "../catalogue/local-text.ts";
import type { CounterColumn } from "./counter-columns.ts";
import type { MetricDefinition, PeerDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";
import { outcomes } from "./session-outcome.ts";
import type { SessionOutcome } from "./session-outcome.ts";

const common = { group: "ai_chatbot", definitionVersion: 1, since: "0.3.0" } as const;
const sessions = { ...common, cohort: "session_start" } as const;
const events = { ...common, cohort: "event_time" } as const;

const rated: readonly CounterColumn[] = outcomes.map((outcome) => `rated_${outcome}` as const);
const satisfied: readonly CounterColumn[] = outcomes.map((outcome) => `satisfied_${outcome}` as const);

const peer: PeerDefinition = {
  en: "Intercom and Zendesk: the share of the two best of five ratings. Chatwoot splits it by the AI, assisted and human only.",
  zh: "Intercom、Zendesk：五档评价中最好两档的占比。Chatwoot 按 AI、协助和仅人工分开。",
  source: "https://www.intercom.com/help/en/articles/7022438 https://github.com/chatwoot/chatwoot/pull/14032",
};

const namesOfOutcomes: Readonly<Record<SessionOutcome, LocalText>> = {
  open: { en: "still open", zh: "仍在进行" },
  ai_assisted: { en: "AI-assisted", zh: "AI 协助" },
  human_only: { en: "human only", zh: "仅人工" },
  escalated_untaken: { en: "escalated and never taken over", zh: "转人工后无人接管" },
  unanswered: { en: "unanswered", zh: "无人回答" },
  not_resolved: { en: "answered, not resolved", zh: "已回答未解决" },
  ai_resolved: { en: "resolved by AI", zh: "AI 解决" },
};

/** What customers say of their sessions in `session.feedback`: of a session, the last rating counts, on its start day. */
export const feedbackMetrics: readonly MetricDefinition[] = [
  {
    ...sessions,
    ...counted,
    key: "rated_sessions",
    numerator: { add: rated },
    name: { en: "Rated sessions", zh: "有评价的会话" },
    meaning: {
      en: "Sessions with a rating. A session that is rated again counts once, with its last rating.",
      zh: "有评价的会话。多次评价的会话只计一次，以最后一次为准。",
    },
  },
  {
    ...sessions,
    ...rate,
    key: "feedback_response_rate",
    numerator: { add: rated },
    denominator: { add: ["sessions_ended", "sessions_ended_idle"] },
    name: { en: "Feedback response rate", zh: "评价率" },
    meaning: { en: "Rated sessions over the sessions that have ended.", zh: "有评价的会话除以已结束的会话。" },
  },
  {
    ...sessions,
    ...rate,
    key: "csat_rate",
    numerator: { add: satisfied },
    denominator: { add: rated },
    name: { en: "Customer satisfaction (CSAT)", zh: "客户满意度（CSAT）" },
    meaning: {
      en: "Share of the rated sessions with a rating of 4 or 5. Higher is better.",
      zh: "有评价的会话中评价为 4 或 5 的占比，越高越好。",
    },
    edgeCases: {
      en: "A rating is not an activity of a session and ends none. Under 30 ratings it is a low sample.",
      zh: "评价不算会话活动，也不结束会话。少于 30 个评价时为小样本。",
    },
    peer,
  },
  {
    ...sessions,
    kind: "ratio",
    key: "avg_rating",
    unit: "ratio",
    factor: 1,
    display: { style: "number", digits: 1 },
    numerator: { add: ["rating_sum"] },
    denominator: { add: rated },
    name: { en: "Average rating", zh: "平均评分" },
    meaning: { en: "Mean of the last ratings of the sessions, 1 to 5.", zh: "各会话最后一次评分的平均值，1 至 5。" },
  },
  ...outcomes.map((outcome): MetricDefinition => {
    const { en, zh } = namesOfOutcomes[outcome];
    return {
      ...sessions,
      ...rate,
      key: `csat_${outcome}_rate`,
      numerator: { add: [`satisfied_${outcome}`] },
      denominator: { add: [`rated_${outcome}`] },
      name: { en: `CSAT: ${en}`, zh: `满意度：${zh}` },
      meaning: {
        en: `Share of 4 and 5 among the ratings of the sessions with this outcome (${en}).`,
        zh: `结果为“${zh}”的会话的评价中 4 和 5 的占比。`,
      },
      peer,
    };
  }),
  {
    ...events,
    ...rate,
    key: "feedback_resolved_rate",
    numerator: { add: ["feedback_resolved"] },
    denominator: { add: ["feedback_resolved", "feedback_unresolved"] },
    name: { en: "Resolved, say customers", zh: "客户认为已解决" },
    meaning: {
      en: "Of the session.feedback that says whether the question was resolved, the share that says yes.",
      zh: "在说明是否解决的 session.feedback 中，表示已解决的占比。",
    },
    edgeCases: {
      en: "A figure of its own: it changes no outcome.",
      zh: "单独的指标，不改变会话结果。",
    },
  },
];
