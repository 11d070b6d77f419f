import type { MetricDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";
import { resolutionPeer } from "./outcome-metrics.ts";

const sessions = {
  group: "ai_chatbot",
  cohort: "session_start",
  definitionVersion: 1,
  since: "0.1.0",
} as const;
/** Changed by counting rules 2. */
const second = { definitionVersion: 2, since: "0.3.0", needsAiAnswers: true, peer: resolutionPeer } as const;

/**
 * What the resolution rate rests on, and how often the AI had a part in a session. Beside the plan's headline rate,
 * whose definition they do not touch: confirmed and assumed add up to it.
 */
export const resolutionMetrics: readonly MetricDefinition[] = [
  {
    ...sessions,
    ...counted,
    ...second,
    key: "ai_resolved_confirmed",
    numerator: { add: ["ai_resolved_sessions"], subtract: ["ai_resolved_assumed"] },
    name: { en: "Confirmed AI resolutions", zh: "确认的 AI 解决" },
    meaning: {
      en: "Resolved sessions whose last session.end confirms it: resolved true, or a reason such as resolved, solved, completed or customer_closed, in either language.",
      zh: "AI 解决的会话中最后一次 session.end 予以确认的部分：resolved 为 true，或原因为 resolved、solved、completed、customer_closed、已解决。",
    },
    edgeCases: {
      en: "With ai_resolved_assumed it adds up to ai_resolved_sessions. `resolved` of an end counts more than its reason; of several ends the last decides.",
      zh: "与 ai_resolved_assumed 之和等于 ai_resolved_sessions。结束事件的 resolved 优先于原因；多次结束以最后一次为准。",
    },
  },
  {
    ...sessions,
    ...counted,
    ...second,
    definitionVersion: 1,
    key: "ai_resolved_assumed",
    numerator: { add: ["ai_resolved_assumed"] },
    name: { en: "Assumed AI resolutions", zh: "推定的 AI 解决" },
    meaning: {
      en: "Resolved sessions that nobody confirmed: they ended by silence, or their last end gives no reason or one that says neither (customer_left, page_left, timeout, an unknown word).",
      zh: "AI 解决的会话中未经确认的部分：超时自动结束，或最后一次结束没有原因，或原因两可（customer_left、page_left、timeout、未知词）。",
    },
  },
  {
    ...sessions,
    ...rate,
    ...second,
    key: "ai_resolution_confirmed_rate",
    numerator: { add: ["ai_resolved_sessions"], subtract: ["ai_resolved_assumed"] },
    denominator: { add: ["total_sessions"] },
    name: { en: "Confirmed AI resolution rate", zh: "AI 解决率（确认）" },
    meaning: {
      en: "Share of the sessions with a confirmed AI resolution. With the assumed rate it adds up to the AI resolution rate.",
      zh: "AI 解决且经确认的会话占比，与推定部分之和为 AI 解决率。",
    },
  },
  {
    ...sessions,
    ...rate,
    ...second,
    key: "ai_resolution_assumed_rate",
    numerator: { add: ["ai_resolved_assumed"] },
    denominator: { add: ["total_sessions"] },
    name: { en: "Assumed AI resolution rate", zh: "AI 解决率（推定）" },
    meaning: {
      en: "Share of the sessions whose AI resolution nobody confirmed.",
      zh: "AI 解决但未经确认的会话占比。",
    },
    edgeCases: {
      en: "A session without an end counts once it has been silent for the idle timeout of the tenant.",
      zh: "没有结束事件的会话，静默满租户的静默超时后计入。",
    },
  },
  {
    ...sessions,
    ...counted,
    definitionVersion: 2,
    since: "0.3.0",
    key: "ai_involved_sessions",
    numerator: { add: ["ai_involved_sessions"] },
    name: { en: "Sessions with an AI answer", zh: "AI 参与的会话" },
    meaning: {
      en: "Sessions with at least one answer of the AI: a session.message whose role means the AI (ai, assistant, bot, model; in either language and any case).",
      zh: "至少有一条 AI 回复的会话：role 表示 AI 的 session.message（ai、assistant、bot、model、机器人、智能客服，不分大小写）。",
    },
    edgeCases: {
      en: "A message without a role is an answer where it carries response_time_ms. Who resolved the session, or whether it was escalated later, makes no difference.",
      zh: "没有 role 的消息，带有 response_time_ms 时视为 AI 回复。与会话由谁解决、之后是否转人工无关。",
    },
  },
  {
    ...sessions,
    ...rate,
    definitionVersion: 2,
    since: "0.3.0",
    key: "ai_involvement_rate",
    numerator: { add: ["ai_involved_sessions"] },
    denominator: { add: ["total_sessions"] },
    name: { en: "AI involvement rate", zh: "AI 参与率" },
    meaning: {
      en: "Share of the sessions in which the AI answered at least once.",
      zh: "AI 至少回复一次的会话占比。",
    },
    edgeCases: {
      en: "Sessions that nobody wrote in are in the denominator.",
      zh: "没有任何消息的会话也计入分母。",
    },
  },
];
