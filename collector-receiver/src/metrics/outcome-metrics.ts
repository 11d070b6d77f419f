import type { LocalText } from "../catalogue/local-text.ts";
import type { CounterColumn } from "./counter-columns.ts";
import type { MetricDefinition, PeerDefinition } from "./metric-definition.ts";
import { counted } from "./metric-shapes.ts";

const sessions = { group: "ai_chatbot", cohort: "session_start", definitionVersion: 1, since: "0.3.0" } as const;

/** What comparable products call resolved by the AI. */
export const resolutionPeer: PeerDefinition = {
  en: "Intercom Fin: after Fin's last answer the customer confirms or leaves without asking for more, and it is deducted if the customer returns. Zendesk: a relevant reply, then 72 h of silence. Chatwoot: no message by a human.",
  zh: "Intercom Fin：Fin 最后回答后客户确认，或不再追问即离开；客户返回则扣除。Zendesk：回复相关，之后静默 72 小时。Chatwoot：没有人工消息。",
  source:
    "https://www.intercom.com/help/en/articles/8205718 https://support.zendesk.com/hc/en-us/articles/8357756668186",
};

const involvementPeer: PeerDefinition = {
  en: "Chatwoot: assisted is resolved with the bot involved, but not by it alone.",
  zh: "Chatwoot：机器人参与、但并非独立解决的会话为“协助”。",
  source: "https://github.com/chatwoot/chatwoot/pull/14032",
};

function outcome(
  column: CounterColumn,
  name: LocalText,
  meaning: LocalText,
  more: Pick<MetricDefinition, "edgeCases" | "peer"> = {},
): MetricDefinition {
  return { ...sessions, ...counted, key: column, numerator: { add: [column] }, name, meaning, ...more };
}

/**
 * What became of the sessions. Each is in one class, the first that fits in this order; together with `ai_resolved_sessions`
 * they add up to `total_sessions`.
 */
export const outcomeMetrics: readonly MetricDefinition[] = [
  outcome(
    "outcome_open",
    { en: "Outcome: still open", zh: "结果：仍在进行" },
    {
      en: "Sessions that have not ended.",
      zh: "尚未结束的会话。",
    },
    {
      edgeCases: {
        en: "With the other outcomes and ai_resolved_sessions it adds up to total_sessions. Later events move a session to another outcome.",
        zh: "与其他结果及 ai_resolved_sessions 之和等于 total_sessions。之后的事件会改变会话的结果。",
      },
    },
  ),
  outcome(
    "outcome_ai_assisted",
    { en: "Outcome: AI-assisted", zh: "结果：AI 协助" },
    {
      en: "Ended sessions in which the AI answered and a human took part, in either order.",
      zh: "已结束、AI 回答过且有人工参与的会话，先后不限。",
    },
    {
      edgeCases: {
        en: "A human takes part with any agent.session_takeover, agent.session_message, agent.session_release or agent.session_transfer, or a session.message whose role is an agent.",
        zh: "人工参与指任一 agent.session_takeover、agent.session_message、agent.session_release 或 agent.session_transfer，或 role 为坐席的 session.message。",
      },
      peer: involvementPeer,
    },
  ),
  outcome(
    "outcome_human_only",
    { en: "Outcome: human only", zh: "结果：仅人工" },
    {
      en: "Ended sessions in which a human took part and the AI never answered.",
      zh: "已结束、有人工参与且 AI 从未回答的会话。",
    },
    { peer: involvementPeer },
  ),
  outcome(
    "outcome_escalated_untaken",
    { en: "Outcome: escalated and never taken over", zh: "结果：转人工后无人接管" },
    {
      en: "Ended sessions that were escalated and in which no human took part.",
      zh: "已结束、已转人工但没有人工参与的会话。",
    },
  ),
  outcome(
    "outcome_unanswered",
    { en: "Outcome: unanswered", zh: "结果：无人回答" },
    {
      en: "Ended sessions in which neither the AI nor a human answered, and that were not escalated.",
      zh: "已结束、AI 和人工都未回答且未转人工的会话。",
    },
  ),
  outcome(
    "outcome_not_resolved",
    { en: "Outcome: answered, not resolved", zh: "结果：已回答未解决" },
    {
      en: "Ended sessions in which only the AI answered and whose last end says that it failed: resolved false, or a reason such as error, failed or unresolved, in either language.",
      zh: "已结束、只有 AI 回答且最后一次结束表明失败的会话：resolved 为 false，或原因为 error、failed、unresolved、未解决。",
    },
    { peer: resolutionPeer },
  ),
];
