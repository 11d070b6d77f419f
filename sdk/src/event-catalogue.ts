/**
 * The one place where business events are defined (design invariant 8): the types of
 * `recordBusinessEvent`, the validation in SDK and receiver, `docs/semantic-conventions.md` and
 * `GET /api/analytics/events` are all read from here.
 *
 * Required are only the attributes that a counter cannot do without.
 */

import type { OwnEvents } from "./own-events.ts";
import type { VocabularyName, Word } from "./vocabularies.ts";

export { vocabularies, type VocabularyName } from "./vocabularies.ts";

export type AttributeType = "string" | "int" | "double" | "boolean";

/** UCUM-style units, as in OpenTelemetry's semantic conventions. */
export type AttributeUnit = "ms" | "s" | "min" | "h" | "{character}" | "{message}" | "{session}" | "{token}";

export interface AttributeDefinition {
  /** `int` is a safe integer, and where `int4` is set a 32-bit signed one. */
  readonly type: AttributeType;
  readonly required?: true;
  readonly unit?: AttributeUnit;
  /** Smallest value that is accepted; numbers only. */
  readonly minimum?: number;
  /**
   * Largest value that is accepted; numbers only. A year for durations, ten for a ticket: so that
   * the sum over one batch stays an exact integer below 2^53 in every unit that counters use.
   */
  readonly maximum?: number;
  /** The value is stored in an `int` column of PostgreSQL: -2147483648 to 2147483647. */
  readonly int4?: true;
  /** Longest value that is accepted, in Unicode code points (PostgreSQL's `varchar(n)`). */
  readonly maxLength?: number;
  /** The list of its usual words; a receiver takes any other word too. */
  readonly vocabulary?: VocabularyName;
  readonly en: string;
  readonly zh: string;
  readonly example: string | number | boolean;
}

export interface EventDefinition {
  readonly en: string;
  readonly zh: string;
  readonly attributes: Readonly<Record<string, AttributeDefinition>>;
}

const sessionId = {
  type: "string",
  maxLength: 64,
  en: "Chat session, unique per conversation (not per customer)",
  zh: "会话编号，每次会话唯一（不是客户编号）",
  example: "s-20251225-0001",
} as const satisfies AttributeDefinition;

const agentId = {
  type: "int",
  int4: true,
  en: "Human agent",
  zh: "坐席编号",
  example: 7,
} as const satisfies AttributeDefinition;

const loginId = {
  type: "string",
  en: "Tells the devices on which an agent is logged in apart",
  zh: "区分坐席同时登录的多台设备",
  example: "web-3f1c",
} as const satisfies AttributeDefinition;

const ticketId = {
  type: "int",
  int4: true,
  en: "Ticket",
  zh: "工单编号",
  example: 1042,
} as const satisfies AttributeDefinition;

const responseTimeMs = {
  type: "double",
  unit: "ms",
  minimum: 0,
  maximum: 31_536_000_000,
  en: "Time from the request to the end of the answer",
  zh: "从收到请求到回答结束的时间",
  example: 1480,
} as const satisfies AttributeDefinition;

const querySuccess = {
  type: "boolean",
  required: true,
  en: "Whether the query found what was asked for",
  zh: "是否查询成功",
  example: true,
} as const satisfies AttributeDefinition;

const messageLength = {
  type: "int",
  unit: "{character}",
  minimum: 0,
  en: "Length of the message; its text is never recorded",
  zh: "消息长度（不记录消息内容）",
  example: 86,
} as const satisfies AttributeDefinition;

const fromStatus = {
  type: "string",
  en: "Status before the change",
  zh: "变更前状态",
  example: "online",
} as const satisfies AttributeDefinition;

const toStatus = {
  type: "string",
  en: "Status after the change",
  zh: "变更后状态",
  example: "busy",
} as const satisfies AttributeDefinition;

const handleDuration = {
  type: "double",
  unit: "s",
  minimum: 0,
  maximum: 31_536_000,
  en: "Time from takeover to release",
  zh: "从接管到释放的时长",
  example: 486,
} as const satisfies AttributeDefinition;

/** A billion at most: the sum over a batch stays exact. */
const tokens = {
  type: "int",
  unit: "{token}",
  minimum: 0,
  maximum: 1_000_000_000,
} as const;

/** Attributes that every business event may carry. */
export const commonAttributes = {
  user_id: {
    type: "string",
    maxLength: 128,
    en: "Pseudonymous customer id, for counting distinct customers",
    zh: "客户假名编号，用于统计独立客户数",
    example: "u-5f1c",
  },
  test: {
    type: "boolean",
    en: "A test event: stored, never counted",
    zh: "测试事件：入库但不计数",
    example: false,
  },
} as const satisfies Record<string, AttributeDefinition>;

export const eventCatalogue = {
  "session.start": {
    en: "A customer starts a chat session",
    zh: "客户开始一次会话",
    attributes: {
      session_id: { ...sessionId, required: true },
      channel: { type: "string", vocabulary: "channel", en: "Entry channel", zh: "来源渠道", example: "api" },
    },
  },
  "session.message": {
    en: "A message of a chat session",
    zh: "会话中的一条消息",
    attributes: {
      session_id: { ...sessionId, required: true },
      role: { type: "string", vocabulary: "role", en: "Who wrote it", zh: "发送方", example: "ai" },
      message_length: messageLength,
      response_time_ms: responseTimeMs,
      first_token_ms: {
        type: "double",
        unit: "ms",
        minimum: 0,
        maximum: 31_536_000_000,
        en: "Time from the request to the first token of a streamed answer",
        zh: "流式回答从收到请求到首个字的时间",
        example: 320,
      },
    },
  },
  "session.end": {
    en: "A chat session ends",
    zh: "会话结束",
    attributes: {
      session_id: { ...sessionId, required: true },
      reason: {
        type: "string",
        vocabulary: "end_reason",
        en: "Why it ended",
        zh: "结束原因",
        example: "customer_closed",
      },
      resolved: {
        type: "boolean",
        en: "Whether the customer's question was resolved; counts more than the reason",
        zh: "问题是否解决；优先于结束原因",
        example: true,
      },
    },
  },
  "session.feedback": {
    en: "A customer rates a chat session",
    zh: "客户评价会话",
    attributes: {
      session_id: { ...sessionId, required: true },
      rating: {
        type: "int",
        minimum: 1,
        maximum: 5,
        en: "1 (worst) to 5 (best); send thumbs as 1 and 5",
        zh: "1（最差）至 5（最好）；点踩、点赞记为 1 和 5",
        example: 5,
      },
      resolved: {
        type: "boolean",
        en: "Whether the customer says that the question was resolved",
        zh: "客户是否认为问题已解决",
        example: true,
      },
      agent_id: agentId,
    },
  },
  "session.escalate": {
    en: "The AI hands a session over to human agents",
    zh: "AI 转人工",
    attributes: {
      session_id: { ...sessionId, required: true },
      reason: { type: "string", en: "Why it was escalated", zh: "转人工原因", example: "keyword" },
      severity: { type: "string", en: "Severity", zh: "严重程度", example: "high" },
    },
  },
  "query.order": {
    en: "An order is looked up",
    zh: "订单查询",
    attributes: {
      session_id: sessionId,
      order_number: { type: "string", en: "Order number", zh: "订单号", example: "FD12345" },
      site: { type: "string", en: "Shop site", zh: "店铺站点", example: "uk" },
      success: querySuccess,
      response_time_ms: { ...responseTimeMs, en: "Duration of the query", zh: "查询耗时" },
    },
  },
  "query.tracking": {
    en: "A parcel is tracked",
    zh: "物流查询",
    attributes: {
      session_id: sessionId,
      tracking_number: {
        type: "string",
        en: "Tracking number",
        zh: "物流单号",
        example: "TEST123456",
      },
      carrier: { type: "string", en: "Carrier code", zh: "承运商代码", example: "ups" },
      success: querySuccess,
      status: { type: "string", en: "Delivery status", zh: "物流状态", example: "in_transit" },
      response_time_ms: { ...responseTimeMs, en: "Duration of the query", zh: "查询耗时" },
    },
  },
  "agent.login": {
    en: "An agent logs in",
    zh: "坐席登录",
    attributes: {
      agent_id: { ...agentId, required: true },
      agent_name: { type: "string", en: "Display name", zh: "坐席姓名", example: "王芳" },
      login_id: loginId,
    },
  },
  "agent.logout": {
    en: "An agent logs out",
    zh: "坐席登出",
    attributes: {
      agent_id: { ...agentId, required: true },
      work_duration_minutes: {
        type: "double",
        unit: "min",
        minimum: 0,
        maximum: 525_600,
        en: "Work time since login; belongs to the period of the logout",
        zh: "本次登录的工作时长，计入登出所在的周期",
        example: 478,
      },
      sessions_handled: {
        type: "int",
        unit: "{session}",
        minimum: 0,
        en: "Sessions since login as the product knows it: stored, never counted",
        zh: "产品自报的处理会话数：入库但不计数",
        example: 23,
      },
      login_id: loginId,
    },
  },
  "agent.status_change": {
    en: "An agent's status changes",
    zh: "坐席状态切换",
    attributes: {
      agent_id: { ...agentId, required: true },
      from_status: { ...fromStatus, vocabulary: "agent_status" },
      to_status: { ...toStatus, vocabulary: "agent_status" },
      login_id: loginId,
    },
  },
  "agent.session_takeover": {
    en: "An agent takes a session over",
    zh: "坐席接管会话",
    attributes: {
      agent_id: { ...agentId, required: true },
      session_id: { ...sessionId, required: true },
      wait_duration_seconds: {
        type: "double",
        unit: "s",
        minimum: 0,
        maximum: 31_536_000,
        en: "How long the customer waited for the takeover",
        zh: "客户等待接管的时长",
        example: 28.4,
      },
    },
  },
  "agent.session_message": {
    en: "An agent sends a message",
    zh: "坐席发送消息",
    attributes: {
      agent_id: { ...agentId, required: true },
      session_id: sessionId,
      message_length: messageLength,
    },
  },
  "agent.session_release": {
    en: "An agent releases a session",
    zh: "坐席释放会话",
    attributes: {
      agent_id: { ...agentId, required: true },
      session_id: sessionId,
      handle_duration_seconds: handleDuration,
      message_count: {
        type: "int",
        unit: "{message}",
        minimum: 0,
        en: "Messages that the agent sent",
        zh: "坐席发送的消息数",
        example: 9,
      },
    },
  },
  "agent.session_transfer": {
    en: "An agent transfers a session to another agent",
    zh: "坐席转接会话",
    attributes: {
      agent_id: { ...agentId, required: true },
      session_id: sessionId,
      target_agent_id: { ...agentId, en: "Agent who receives the session", zh: "目标坐席编号" },
      handle_duration_seconds: { ...handleDuration, en: "Time from takeover to transfer", zh: "从接管到转接的时长" },
      reason: { type: "string", en: "Why it was transferred", zh: "转接原因", example: "language" },
    },
  },
  "ticket.created": {
    en: "A ticket is created",
    zh: "创建工单",
    attributes: {
      ticket_id: { ...ticketId, required: true },
      source: { type: "string", en: "Where it came from", zh: "工单来源", example: "chat" },
      type: { type: "string", en: "Kind of ticket", zh: "工单类型", example: "inquiry" },
      priority: { type: "string", en: "Priority", zh: "优先级", example: "normal" },
      agent_id: agentId,
      session_id: sessionId,
    },
  },
  "ticket.assigned": {
    en: "A ticket is assigned",
    zh: "分配工单",
    attributes: {
      ticket_id: { ...ticketId, required: true },
      from_agent_id: { ...agentId, en: "Assignee before", zh: "原负责人" },
      to_agent_id: { ...agentId, en: "Assignee after", zh: "新负责人" },
    },
  },
  "ticket.status_changed": {
    en: "A ticket's status changes",
    zh: "工单状态变更",
    attributes: {
      ticket_id: { ...ticketId, required: true },
      from_status: { ...fromStatus, vocabulary: "ticket_status", example: "open" },
      to_status: { ...toStatus, vocabulary: "ticket_status", example: "pending" },
      agent_id: agentId,
    },
  },
  "ticket.closed": {
    en: "A ticket is closed",
    zh: "关闭工单",
    attributes: {
      ticket_id: { ...ticketId, required: true },
      resolution_duration_hours: {
        type: "double",
        unit: "h",
        minimum: 0,
        maximum: 87_600,
        en: "Time from creation to close",
        zh: "从创建到关闭的时长",
        example: 3.75,
      },
      sla_met: {
        type: "boolean",
        en: "Whether the service level was met",
        zh: "是否达成 SLA",
        example: true,
      },
      agent_id: agentId,
    },
  },
  "ai.call": {
    en: "A product calls a model",
    zh: "产品调用一次模型",
    attributes: {
      model: { type: "string", required: true, en: "Model that answered", zh: "模型名称", example: "gpt-5-mini" },
      provider: { type: "string", en: "Who runs the model", zh: "模型提供商", example: "openai" },
      operation: {
        type: "string",
        en: "Kind of call, as in OpenTelemetry's `gen_ai.operation.name`",
        zh: "调用类型，同 OpenTelemetry 的 `gen_ai.operation.name`",
        example: "chat",
      },
      service_tier: {
        type: "string",
        en: "Service tier, if it has a price of its own",
        zh: "服务等级（单独计价时填写）",
        example: "flex",
      },
      session_id: { ...sessionId, en: "Chat session that the call belongs to", zh: "调用所属的会话编号" },
      input_tokens: {
        ...tokens,
        en: "All input tokens, those read from and written to a cache included",
        zh: "全部输入 Token，包含命中缓存和写入缓存的部分",
        example: 1840,
      },
      cached_input_tokens: {
        ...tokens,
        en: "Input tokens that were read from a cache",
        zh: "命中缓存的输入 Token",
        example: 1024,
      },
      cache_write_tokens: {
        ...tokens,
        en: "Input tokens that were written to a cache",
        zh: "写入缓存的输入 Token",
        example: 0,
      },
      output_tokens: {
        ...tokens,
        en: "All output tokens, reasoning included",
        zh: "全部输出 Token，包含推理部分",
        example: 212,
      },
      duration_ms: {
        ...responseTimeMs,
        en: "Time from the call to the end of the answer",
        zh: "从调用到回答结束的时间",
        example: 1320,
      },
      first_token_ms: {
        ...responseTimeMs,
        en: "Time from the call to the first token of a streamed answer",
        zh: "流式回答从调用到首个 Token 的时间",
        example: 410,
      },
      cache_unclear: {
        type: "boolean",
        en: "Whether input_tokens may leave the cache out: the receiver says so of spans that do not tell",
        zh: "input_tokens 是否可能不含缓存部分；由接收端根据调用链判断",
        example: false,
      },
      sampled: {
        type: "boolean",
        en: "Whether a sampler let only some of such calls through, which the receiver reads of the trace state",
        zh: "是否只有部分同类调用通过采样；由接收端根据 tracestate 判断",
        example: false,
      },
      scope: {
        type: "string",
        en: "Instrumentation scope of the span that the receiver made the call of",
        zh: "调用来源 Span 的 Instrumentation Scope，由接收端填写",
        example: "@opentelemetry/instrumentation-openai",
      },
      response_id: {
        type: "string",
        en: "The provider's id of the answer: two calls with one id are one call, seen twice",
        zh: "模型提供商的回答编号；编号相同的两次调用是同一次",
        example: "chatcmpl-9f2c",
      },
      error: { type: "boolean", en: "Whether the call failed", zh: "调用是否失败", example: false },
    },
  },
} as const satisfies Record<string, EventDefinition>;

export type EventCatalogue = typeof eventCatalogue;
/** Name of a business event of the catalogue. */
export type BusinessEventName = keyof EventCatalogue;

/** JavaScript's types for the types on the wire. */
export interface TypeOfAttribute {
  string: string;
  int: number | bigint;
  double: number | bigint;
  boolean: boolean;
}

/**
 * Stands for the words that a list does not have: a variable of type `string` may hold one, so it is accepted
 * beside the list. A literal has to be in the list. No value is of this type.
 */
export type UnlistedWord = string & { readonly "not in the list": never };

type ValueOf<A extends AttributeDefinition> = A extends { readonly vocabulary: infer V extends VocabularyName }
  ? Word<V> | UnlistedWord
  : TypeOfAttribute[A["type"]];
type RequiredKeys<A extends Record<string, AttributeDefinition>> = {
  [K in keyof A]: A[K] extends { required: true } ? K : never;
}[keyof A];

/**
 * A value that travels: as it is, or in the form that the SDK gives it (a Date as ISO 8601 text, an object as JSON).
 * null and undefined mean absent.
 */
export type AttributeValue = string | number | bigint | boolean | object | null | undefined;

/** Attributes that every event may carry, for the types. */
export type CommonAttributes = {
  readonly [K in keyof typeof commonAttributes]?: ValueOf<(typeof commonAttributes)[K]> | null | undefined;
};

type CatalogueAttributes<A extends Record<string, AttributeDefinition>> = {
  readonly [K in RequiredKeys<A>]: ValueOf<A[K]>;
} & {
  readonly [K in Exclude<keyof A, RequiredKeys<A>>]?: ValueOf<A[K]> | null | undefined;
} & CommonAttributes;

type Flat<T> = { [K in keyof T]: T[K] };

/** Attributes of a business event of the catalogue, and those that `OwnEvents` adds to it. */
export type AttributesOf<N extends BusinessEventName> = Flat<
  CatalogueAttributes<EventCatalogue[N]["attributes"]> & (N extends keyof OwnEvents ? OwnEvents[N] : unknown)
>;

/** Attributes that are ours on the wire; a product never sets them. */
export const reservedAttributes = {
  eventId: "spanledger.event.id",
  sourceId: "spanledger.source.id",
  eventSeq: "spanledger.event.seq",
  /** Carrier without an event: the highest sequence number that the source has given out. */
  sourceLastSeq: "spanledger.source.last_seq",
  /** Carrier without an event: how many events the source has dropped since its start. */
  sourceDropped: "spanledger.source.dropped",
} as const;

/** Resource attribute that names the tenant. */
export const tenantAttribute = "spanledger.tenant";
/** Instrumentation scope of the SDK's carriers. */
export const instrumentationScope = "@spanledger/sdk";

/** Longest event name, in code points (`analytics_events.event_name varchar(50)`). */
export const maxEventNameLength = 50;

const definitions: ReadonlyMap<string, EventDefinition> = new Map(Object.entries(eventCatalogue));

/** The definition of a catalogue event, or undefined for any other name. */
export function findEventDefinition(name: string): EventDefinition | undefined {
  return definitions.get(name);
}
