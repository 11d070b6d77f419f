import type { MetricDefinition } from "./metric-definition.ts";
import { counted, rate } from "./metric-shapes.ts";

const sessions = {
  group: "ai_chatbot",
  cohort: "session_start",
  definitionVersion: 1,
  since: "0.1.0",
} as const;

/**
 * What the resolution rate rests on, and how often the AI had a part in a session. Beside the plan's headline rate,
 * whose definition they do not touch: confirmed and assumed add up to it.
 */
export const resolutionMetrics: readonly MetricDefinition[] = [
  {
    ...sessions,
    ...counted,
    key: "ai_resolved_confirmed",
    numerator: { add: ["ai_resolved_sessions"], subtract: ["ai_resolved_idle"] },
    name: { en: "Confirmed AI resolutions", zh: "确认的 AI 解决" },
    meaning: {
      en: "Resolved sessions that were ended explicitly (session.end).",
      zh: "AI 解决的会话中以 session.end 明确结束的部分。",
    },
    edgeCases: {
      en: "With ai_resolved_idle, the assumed ones, they add up to ai_resolved_sessions. A session.end that arrives after the idle timeout turns an assumed resolution into a confirmed one. Whoever ended the session: a page that was left counts where the product records its end.",
      zh: "与推定解决数（ai_resolved_idle）之和等于 AI 解决数。静默超时之后到达的 session.end 会把推定转为确认。不区分由谁结束：产品在客户离开页面时记录的结束也计入。",
    },
  },
  {
    ...sessions,
    ...rate,
    key: "ai_resolution_confirmed_rate",
    numerator: { add: ["ai_resolved_sessions"], subtract: ["ai_resolved_idle"] },
    denominator: { add: ["total_sessions"] },
    name: { en: "Confirmed AI resolution rate", zh: "AI 解决率（确认）" },
    meaning: {
      en: "Share of the sessions that the AI resolved alone and that were ended explicitly. With the assumed rate it adds up to the AI resolution rate.",
      zh: "由 AI 独立解决且明确结束的会话占比，与推定部分之和为 AI 解决率。",
    },
  },
  {
    ...sessions,
    ...rate,
    key: "ai_resolution_assumed_rate",
    numerator: { add: ["ai_resolved_idle"] },
    denominator: { add: ["total_sessions"] },
    name: { en: "Assumed AI resolution rate", zh: "AI 解决率（推定）" },
    meaning: {
      en: "Share of the sessions whose AI resolution rests on silence alone.",
      zh: "仅凭静默推定为 AI 解决的会话占比。",
    },
    edgeCases: {
      en: "A session counts once it has been silent for the idle timeout of the tenant. A product that never records session.end has assumed resolutions only.",
      zh: "会话静默满租户的静默超时后计入。从不记录 session.end 的产品只有推定解决。",
    },
  },
  {
    ...sessions,
    ...counted,
    key: "ai_involved_sessions",
    numerator: { add: ["ai_involved_sessions"] },
    name: { en: "Sessions with an AI answer", zh: "AI 参与的会话" },
    meaning: {
      en: "Sessions with at least one answer of the AI: a session.message whose role is ai, assistant or bot.",
      zh: "至少有一条 AI 回复的会话：role 为 ai、assistant 或 bot 的 session.message。",
    },
    edgeCases: {
      en: "A message without a role is an answer where it carries response_time_ms. Who resolved the session, or whether it was escalated later, makes no difference.",
      zh: "没有 role 的消息，带有 response_time_ms 时视为 AI 回复。与会话由谁解决、之后是否转人工无关。",
    },
  },
  {
    ...sessions,
    ...rate,
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
