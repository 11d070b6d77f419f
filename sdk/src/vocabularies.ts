import type { OwnWords } from "./own-events.ts";

/**
 * Words that products use for one meaning, in both languages. The types of `recordBusinessEvent` and
 * `docs/semantic-conventions.md` read these lists. On the wire any other word is accepted and kept.
 *
 * Each list has the meaning first (as the key), then the words for it, in lower case.
 */
export const vocabularies = {
  role: {
    ai: ["ai", "assistant", "bot", "model", "机器人", "智能客服", "ai助手"],
    user: ["user", "customer", "visitor", "client", "用户", "客户", "访客"],
    agent: ["agent", "human_agent", "staff", "operator", "坐席", "客服", "人工", "人工客服"],
    system: ["system", "tool", "系统"],
  },
  agent_status: {
    online: ["online", "available", "active", "ready", "idle", "在线", "空闲", "就绪"],
    busy: ["busy", "occupied", "in_call", "on_call", "in_session", "忙碌", "通话中", "会话中"],
    away: ["away", "break", "lunch", "meeting", "training", "离席", "离开", "小休", "休息", "午休", "会议", "培训"],
    offline: ["offline", "logged_out", "logout", "invisible", "离线", "下线", "登出", "隐身"],
  },
  ticket_status: {
    open: [
      "open",
      "new",
      "pending",
      "assigned",
      "in_progress",
      "on_hold",
      "waiting",
      "reopened",
      "新建",
      "待处理",
      "已分配",
      "处理中",
      "挂起",
      "等待客户",
      "重新打开",
    ],
    closed: [
      "closed",
      "resolved",
      "solved",
      "done",
      "completed",
      "merged",
      "archived",
      "canceled",
      "cancelled",
      "已解决",
      "已关闭",
      "已完成",
      "已合并",
      "已归档",
      "已取消",
    ],
  },
  end_reason: {
    confirmed: ["resolved", "solved", "completed", "customer_closed", "已解决"],
    failed: ["error", "failed", "unresolved", "未解决"],
    assumed: ["customer_left", "page_left", "timeout", "idle", "agent_closed", "客户离开", "超时"],
  },
  channel: {
    web: ["web", "website", "webchat", "widget", "网页", "网站"],
    app: ["app", "ios", "android", "手机应用"],
    api: ["api", "接口"],
    mini_program: ["mini_program", "miniprogram", "小程序"],
    wechat: ["wechat", "weixin", "微信", "公众号"],
    wecom: ["wecom", "企业微信"],
    whatsapp: ["whatsapp"],
    messenger: ["messenger", "facebook"],
    instagram: ["instagram"],
    telegram: ["telegram"],
    line: ["line"],
    email: ["email", "邮件"],
    sms: ["sms", "短信"],
    phone: ["phone", "voice", "电话"],
    slack: ["slack"],
    teams: ["teams"],
    dingtalk: ["dingtalk", "钉钉"],
    feishu: ["feishu", "lark", "飞书"],
    taobao: ["taobao", "淘宝"],
    tmall: ["tmall", "天猫"],
    douyin: ["douyin", "抖音"],
    tiktok: ["tiktok"],
  },
} as const satisfies Record<string, Readonly<Record<string, readonly string[]>>>;

type Vocabularies = typeof vocabularies;
/** Name of a list of words. */
export type VocabularyName = keyof Vocabularies;

type WordsIn<Lists> = {
  [Meaning in keyof Lists]: Lists[Meaning] extends readonly (infer Word)[] ? Word : never;
}[keyof Lists];
/** The words of one list, those of `OwnWords` among them. */
export type Word<V extends VocabularyName> =
  | WordsIn<Vocabularies[V]>
  | (V extends keyof OwnWords ? OwnWords[V] : never);
