import type { BusinessEventName } from "@spanledger/sdk/event-catalogue";
import type { Locale } from "../../metrics/format-metric.ts";

/** What an event says, in words. A value that was not told is null. */
export interface ToldEvent {
  /** The agent's name. */
  readonly agent: string | null;
  /** Another agent: who gets the session, or the ticket. */
  readonly target: string | null;
  readonly ticket: string | null;
  /** Who wrote, by meaning; null if the word is not known. */
  readonly role: "ai" | "user" | "agent" | "system" | null;
  /** The attribute as it was told. */
  readonly text: (attribute: string) => string | null;
  readonly isTrue: (attribute: string) => boolean | null;
  /** An attribute that is a length of time, for people. */
  readonly time: (attribute: string) => string | null;
}

type Teller = (told: ToldEvent) => string;

interface TimelineTexts {
  readonly events: Readonly<Record<BusinessEventName, Teller>>;
  /** An event of a product's own. */
  readonly own: (name: string) => string;
}

/** Words, and what follows them if it is known. */
const join = (first: string, ...more: readonly (string | false | null)[]): string =>
  first + more.filter((part) => part !== null && part !== false).join("");
const when = (value: string | null, say: (value: string) => string): string | null =>
  value === null ? null : say(value);

export const timelineTexts: Readonly<Record<Locale, TimelineTexts>> = {
  en: {
    events: {
      "session.start": ({ text }) =>
        join(
          "Conversation started",
          when(text("channel"), (channel) => ` on ${channel}`),
        ),
      "session.message": ({ role, time, text }) =>
        role === "ai"
          ? join(
              "AI answered",
              when(time("response_time_ms"), (after) => ` after ${after}`),
            )
          : role === null
            ? (when(text("role"), (who) => `${who} wrote`) ?? "Message")
            : { user: "Customer wrote", agent: "Agent wrote", system: "System message" }[role],
      "session.end": ({ text, isTrue }) =>
        join(
          "Conversation ended",
          when(text("reason"), (reason) => `: ${reason}`),
          isTrue("resolved") === true && text("reason") !== "resolved" && ", resolved",
          isTrue("resolved") === false && text("reason") !== "not resolved" && ", not resolved",
        ),
      "session.feedback": ({ text, isTrue }) =>
        join(
          "Customer gave feedback",
          when(text("rating"), (rating) => `: ${rating} of 5`),
          isTrue("resolved") === true && ", resolved",
          isTrue("resolved") === false && ", not resolved",
        ),
      "session.escalate": ({ text }) =>
        join(
          "AI asked for a human",
          when(text("reason"), (reason) => `: ${reason}`),
          when(text("severity"), (severity) => ` (severity ${severity})`),
        ),
      "query.order": ({ isTrue, time }) =>
        join(
          isTrue("success") === true ? "Order found" : "Order not found",
          when(time("response_time_ms"), (after) => ` after ${after}`),
        ),
      "query.tracking": ({ isTrue, time, text }) =>
        join(
          isTrue("success") === true ? "Parcel found" : "Parcel not found",
          when(time("response_time_ms"), (after) => ` after ${after}`),
          when(text("status"), (status) => `: ${status}`),
        ),
      "agent.login": ({ agent }) => `${agent ?? "An agent"} logged in`,
      "agent.logout": ({ agent, time }) =>
        join(
          `${agent ?? "An agent"} logged out`,
          when(time("work_duration_minutes"), (after) => ` after ${after}`),
        ),
      "agent.status_change": ({ agent, text }) =>
        join(
          `${agent ?? "An agent"} changed status`,
          when(text("to_status"), (status) => ` to ${status}`),
        ),
      "agent.session_takeover": ({ agent, time }) =>
        join(
          `${agent ?? "An agent"} took over`,
          when(time("wait_duration_seconds"), (wait) => ` after a wait of ${wait}`),
        ),
      "agent.session_message": ({ agent }) => `${agent ?? "An agent"} wrote`,
      "agent.session_release": ({ agent, time, text }) =>
        join(
          `${agent ?? "An agent"} released the conversation`,
          when(time("handle_duration_seconds"), (after) => ` after ${after}`),
          when(text("message_count"), (count) => `, messages: ${count}`),
        ),
      "agent.session_transfer": ({ agent, target, time, text }) =>
        join(
          `${agent ?? "An agent"} transferred the conversation`,
          when(target, (name) => ` to ${name}`),
          when(time("handle_duration_seconds"), (after) => ` after ${after}`),
          when(text("reason"), (reason) => `: ${reason}`),
        ),
      "ticket.created": ({ ticket, text }) =>
        join(
          `Ticket ${ticket ?? ""} created`,
          when(text("priority"), (priority) => `, priority ${priority}`),
        ),
      "ticket.assigned": ({ ticket, target }) =>
        join(
          `Ticket ${ticket ?? ""} assigned`,
          when(target, (name) => ` to ${name}`),
        ),
      "ticket.status_changed": ({ ticket, text }) =>
        join(
          `Ticket ${ticket ?? ""} changed status`,
          when(text("to_status"), (status) => ` to ${status}`),
        ),
      "ticket.closed": ({ ticket, time, isTrue }) =>
        join(
          `Ticket ${ticket ?? ""} closed`,
          when(time("resolution_duration_hours"), (after) => ` after ${after}`),
          isTrue("sla_met") === true && ", SLA met",
          isTrue("sla_met") === false && ", SLA missed",
        ),
      "ai.call": ({ text, time, isTrue }) =>
        join(
          isTrue("error") === true ? "A model failed" : "A model was called",
          when(text("model"), (model) => `: ${model}`),
          when(time("duration_ms"), (after) => `, ${after}`),
          when(text("input_tokens"), (tokens) => `, input tokens: ${tokens}`),
          when(text("output_tokens"), (tokens) => `, output tokens: ${tokens}`),
        ),
    },
    own: (name) => `Event ${name}`,
  },
  "zh-CN": {
    events: {
      "session.start": ({ text }) =>
        join(
          "会话开始",
          when(text("channel"), (channel) => `，渠道：${channel}`),
        ),
      "session.message": ({ role, time, text }) =>
        role === "ai"
          ? join(
              "AI 回答",
              when(time("response_time_ms"), (after) => `，用时 ${after}`),
            )
          : role === null
            ? (when(text("role"), (who) => `${who} 发送消息`) ?? "消息")
            : { user: "客户发送消息", agent: "坐席发送消息", system: "系统消息" }[role],
      "session.end": ({ text, isTrue }) =>
        join(
          "会话结束",
          when(text("reason"), (reason) => `：${reason}`),
          isTrue("resolved") === true && text("reason") !== "已解决" && "，已解决",
          isTrue("resolved") === false && text("reason") !== "未解决" && "，未解决",
        ),
      "session.feedback": ({ text, isTrue }) =>
        join(
          "客户评价",
          when(text("rating"), (rating) => `：${rating} 分（满分 5 分）`),
          isTrue("resolved") === true && "，已解决",
          isTrue("resolved") === false && "，未解决",
        ),
      "session.escalate": ({ text }) =>
        join(
          "AI 转人工",
          when(text("reason"), (reason) => `：${reason}`),
          when(text("severity"), (severity) => `（严重程度：${severity}）`),
        ),
      "query.order": ({ isTrue, time }) =>
        join(
          isTrue("success") === true ? "查到订单" : "未查到订单",
          when(time("response_time_ms"), (after) => `，用时 ${after}`),
        ),
      "query.tracking": ({ isTrue, time, text }) =>
        join(
          isTrue("success") === true ? "查到物流" : "未查到物流",
          when(time("response_time_ms"), (after) => `，用时 ${after}`),
          when(text("status"), (status) => `：${status}`),
        ),
      "agent.login": ({ agent }) => `${agent ?? "坐席"} 登录`,
      "agent.logout": ({ agent, time }) =>
        join(
          `${agent ?? "坐席"} 登出`,
          when(time("work_duration_minutes"), (after) => `，工作 ${after}`),
        ),
      "agent.status_change": ({ agent, text }) =>
        join(
          `${agent ?? "坐席"} 切换状态`,
          when(text("to_status"), (status) => `：${status}`),
        ),
      "agent.session_takeover": ({ agent, time }) =>
        join(
          `${agent ?? "坐席"} 接管会话`,
          when(time("wait_duration_seconds"), (wait) => `，客户等待 ${wait}`),
        ),
      "agent.session_message": ({ agent }) => `${agent ?? "坐席"} 发送消息`,
      "agent.session_release": ({ agent, time, text }) =>
        join(
          `${agent ?? "坐席"} 释放会话`,
          when(time("handle_duration_seconds"), (after) => `，处理 ${after}`),
          when(text("message_count"), (count) => `，消息 ${count} 条`),
        ),
      "agent.session_transfer": ({ agent, target, time, text }) =>
        join(
          `${agent ?? "坐席"} 转接会话`,
          when(target, (name) => `给 ${name}`),
          when(time("handle_duration_seconds"), (after) => `，处理 ${after}`),
          when(text("reason"), (reason) => `：${reason}`),
        ),
      "ticket.created": ({ ticket, text }) =>
        join(
          `创建工单 ${ticket ?? ""}`,
          when(text("priority"), (priority) => `，优先级：${priority}`),
        ),
      "ticket.assigned": ({ ticket, target }) =>
        join(
          `分配工单 ${ticket ?? ""}`,
          when(target, (name) => `，负责人：${name}`),
        ),
      "ticket.status_changed": ({ ticket, text }) =>
        join(
          `工单 ${ticket ?? ""} 状态变更`,
          when(text("to_status"), (status) => `：${status}`),
        ),
      "ticket.closed": ({ ticket, time, isTrue }) =>
        join(
          `关闭工单 ${ticket ?? ""}`,
          when(time("resolution_duration_hours"), (after) => `，用时 ${after}`),
          isTrue("sla_met") === true && "，SLA 达成",
          isTrue("sla_met") === false && "，SLA 未达成",
        ),
      "ai.call": ({ text, time, isTrue }) =>
        join(
          isTrue("error") === true ? "调用模型失败" : "调用模型",
          when(text("model"), (model) => `：${model}`),
          when(time("duration_ms"), (after) => `，用时 ${after}`),
          when(text("input_tokens"), (tokens) => `，输入 Token ${tokens}`),
          when(text("output_tokens"), (tokens) => `，输出 Token ${tokens}`),
        ),
    },
    own: (name) => `事件 ${name}`,
  },
};
