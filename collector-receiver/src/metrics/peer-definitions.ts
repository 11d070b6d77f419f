import type { PeerDefinition } from "./metric-definition.ts";
import { resolutionPeer } from "./outcome-metrics.ts";

/**
 * How comparable products define the metrics that carry no definition of their own of it (`peer`). Null: no product publishes
 * one that we know of. A test asks for an answer for every metric.
 */
const chatwootConversations =
  "https://www.chatwoot.com/hc/user-guide/articles/1724140319-how-to-read-conversations-report";
const chatwootBots = "https://www.chatwoot.com/hc/user-guide/articles/1724141456-how-to-read-the-bot-reports";
const intercomMetrics = "https://www.intercom.com/help/en/articles/7022438";
const intercomEffectiveness = "https://www.intercom.com/help/en/articles/3941598";
const zendeskMessaging = "https://support.zendesk.com/hc/en-us/articles/4724624097818";

const conversations: PeerDefinition = {
  en: "Chatwoot: conversations created in the period; one that is opened again from an earlier period is not included.",
  zh: "Chatwoot：周期内创建的会话；早期会话重新打开不计。",
  source: chatwootConversations,
};
const handoff: PeerDefinition = {
  en: "Chatwoot: conversations handed to agents ÷ conversations that the bot handled (we divide by all conversations).",
  zh: "Chatwoot：转人工的会话数 ÷ 机器人处理的会话数（我们除以全部会话）。",
  source: chatwootBots,
};
const involvement: PeerDefinition = {
  en: "Intercom Fin, involvement rate: conversations in which Fin tried to answer ÷ new conversations.",
  zh: "Intercom Fin 的参与率：Fin 尝试回答的会话 ÷ 新会话。",
  source: "https://www.intercom.com/help/en/articles/7837533",
};
const messages: PeerDefinition = {
  en: "Chatwoot: messages received, and messages sent by bots and agents, each apart.",
  zh: "Chatwoot：分别统计收到的消息，以及机器人和坐席发出的消息。",
  source: chatwootConversations,
};
const firstReplied: PeerDefinition = {
  en: "Intercom: conversations that a teammate replied to for the first time in the period.",
  zh: "Intercom：周期内坐席首次回复的会话。",
  source: intercomMetrics,
};
const firstReply: PeerDefinition = {
  en: "Zendesk: from creation to the first public reply of an agent, kept in calendar and in business hours. Chatwoot: from the handover on.",
  zh: "Zendesk：从创建到坐席首次公开回复，日历时间和工作时间都保存。Chatwoot：从转人工开始计时。",
  source: `https://support.zendesk.com/hc/en-us/articles/4408834848154 ${chatwootConversations}`,
};
const handling: PeerDefinition = {
  en: "Intercom: the time in which a conversation is open and assigned to a teammate, counted once it is closed.",
  zh: "Intercom：会话处于打开且分配给坐席的时间，关闭后计入。",
  source: intercomMetrics,
};
const reassigned: PeerDefinition = {
  en: "Intercom: conversations that were assigned again after a teammate's reply; we count each transfer.",
  zh: "Intercom：坐席回复后再次分配的会话；我们计每次转接。",
  source: intercomMetrics,
};
const resolutionTime: PeerDefinition = {
  en: "Chatwoot: from the first opening to the resolution; one that is opened again and resolved later takes longer.",
  zh: "Chatwoot：从首次打开到解决的时长；重开后再解决则时长增加。",
  source: chatwootConversations,
};
const serviceLevel: PeerDefinition = {
  en: "LibreDesk: met / (met + breached); pending ones are in neither.",
  zh: "LibreDesk：达标 /（达标 + 违约），待定的都不计。",
  source: "https://github.com/abhinavxd/libredesk",
};
const durable: PeerDefinition = {
  en: "Chatwoot: a resolution is durable if the conversation stays closed for 7 days; only resolutions old enough to judge are in the denominator.",
  zh: "Chatwoot：会话保持关闭 7 天为持久解决；只有足以判断的解决计入分母。",
  source: "https://github.com/chatwoot/chatwoot/pull/15425",
};
const agentStates: PeerDefinition = {
  en: "Zendesk: the time in each state; a state is recorded when it changes, so an agent without a change in the period is not there.",
  zh: "Zendesk：各状态的时长；状态只在变化时记录，周期内无变化的坐席不出现。",
  source: "https://support.zendesk.com/hc/en-us/articles/5600290657434",
};
const unsolved: PeerDefinition = {
  en: "Zendesk: unsolved tickets are those in every status but solved and closed; those without an assignee are counted apart.",
  zh: "Zendesk：状态不是已解决或已关闭的工单为未解决；未分配的另行统计。",
  source: zendeskMessaging,
};
const reopens: PeerDefinition = {
  en: "Zendesk counts, for each ticket, how often its status went from solved back to an open one (reopens).",
  zh: "Zendesk 对每张工单统计状态由已解决变回未解决的次数（reopens）。",
  source: "https://developer.zendesk.com/rest_api/docs/core/ticket_metrics",
};
const resolutionCount: PeerDefinition = {
  en: "Chatwoot, resolution count: how many times conversations were resolved in the period.",
  zh: "Chatwoot 的解决数：周期内会话被解决的次数。",
  source: chatwootConversations,
};
const firstToken: PeerDefinition = {
  en: "OpenTelemetry, gen_ai.server.time_to_first_token: time to generate the first token of a successful answer, as the server sees it.",
  zh: "OpenTelemetry 的 gen_ai.server.time_to_first_token：服务端生成成功回答首个词元的时间。",
  source:
    "https://open-telemetry.github.io/opentelemetry-js/variables/_opentelemetry_semantic-conventions.incubating.METRIC_GEN_AI_SERVER_TIME_TO_FIRST_TOKEN.html",
};
const repliesToClose: PeerDefinition = {
  en: "Intercom: teammate replies to close a conversation.",
  zh: "Intercom：关闭一个会话所需的坐席回复数。",
  source: intercomEffectiveness,
};
const ticketsCreated: PeerDefinition = {
  en: "Zendesk: the number of tickets created.",
  zh: "Zendesk：创建的工单数。",
  source: zendeskMessaging,
};

const byKey: Readonly<Record<string, PeerDefinition | null>> = {
  total_sessions: conversations,
  sessions_ended: null,
  sessions_ended_idle: null,
  sessions_open: null,
  outcome_open: null,
  outcome_escalated_untaken: null,
  outcome_unanswered: null,
  ai_resolved_idle: resolutionPeer,
  escalated_sessions: handoff,
  escalation_rate: handoff,
  estimated_cost_saved: null,
  ai_calls: null,
  ai_failed_calls: null,
  ai_call_error_rate: null,
  ai_calls_without_usage: null,
  ai_calls_without_session: null,
  ai_input_tokens: null,
  ai_cached_input_tokens: null,
  ai_cache_write_tokens: null,
  ai_output_tokens: null,
  ai_spend: null,
  ai_spend_per_session: null,
  ai_spend_per_ai_resolved_session: null,
  net_saved: null,
  ai_return: null,
  reused_session_ids: null,
  total_messages: messages,
  responses_timed: null,
  avg_response_time_ms: null,
  order_queries_success: null,
  order_queries_failed: null,
  order_query_success_rate: null,
  tracking_queries_success: null,
  tracking_queries_failed: null,
  tracking_query_success_rate: null,
  ai_involved_sessions: involvement,
  ai_involvement_rate: involvement,
  rated_sessions: null,
  feedback_response_rate: null,
  avg_rating: null,
  feedback_resolved_rate: null,
  agent_logins: null,
  total_work_minutes: null,
  sessions_handled: firstReplied,
  sessions_released: null,
  first_takeovers: firstReplied,
  first_waits_known: null,
  avg_later_wait_ms: null,
  plan_avg_first_response_ms: null,
  handles_known: null,
  plan_avg_handle_time_sec: null,
  agent_messages_sent: messages,
  messages_per_session_handled: repliesToClose,
  sessions_transferred: reassigned,
  transfer_rate: reassigned,
  tickets_created: ticketsCreated,
  ticket_resolution_rate: null,
  resolved_in_sla: serviceLevel,
  tickets_closed_again: null,
  reused_ticket_ids: null,
  tickets_closed: resolutionCount,
  tickets_sla_met: serviceLevel,
  plan_ticket_resolution_rate: null,
  plan_avg_resolution_hours: null,
  plan_sla_met_rate: null,
  ai_resolution_durable_rate: durable,
  ai_resolutions_durable: durable,
  ai_resolutions_pending: durable,
  ai_resolutions_unattributed: null,
  agent_online_ms: agentStates,
  agent_busy_ms: agentStates,
  agent_away_ms: agentStates,
  tickets_reopened: reopens,
  ticket_backlog: unsolved,
  ticket_backlog_unassigned: unsolved,
};

/** Of quantiles, by the duration that they are of. */
const byHistogram: Readonly<Record<string, PeerDefinition | null>> = {
  response_time: null,
  first_token: firstToken,
  ai_call_time: null,
  ai_first_token: firstToken,
  order_query_time: null,
  tracking_query_time: null,
  first_response: firstReply,
  first_response_business: firstReply,
  handle_time: handling,
  handle_time_business: handling,
  resolution_time: resolutionTime,
  resolution_time_business: resolutionTime,
};

/**
 * How comparable products define a metric.
 * @returns null if none publishes a definition; undefined if nobody has looked
 */
export function peerOf(metric: {
  readonly key: string;
  readonly peer?: PeerDefinition;
  readonly histogram?: string;
}): PeerDefinition | null | undefined {
  if (metric.peer !== undefined) return metric.peer;
  return metric.histogram === undefined ? byKey[metric.key] : byHistogram[metric.histogram];
}

/** The metrics that are answered for above. */
export const answeredMetrics: readonly string[] = Object.keys(byKey);
