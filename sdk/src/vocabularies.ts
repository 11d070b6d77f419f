import type { OwnWords } from "./own-events.ts";

/**
 * Words that products use for one meaning, in both languages. The types of `recordBusinessEvent` and
 * `docs/semantic-conventions.md` read these lists. On the wire any other word is accepted and kept.
 *
 * Each list has the meaning first (as the key), then the words for it, in lower case.
 */
export const vocabularies = {
  role: {
    ai: [
      ...["ai", "assistant", "bot", "model", "chatbot", "llm", "ai_agent", "ai_assistant", "virtual_agent"],
      ...["virtual_assistant"],
      ...["机器人", "智能客服", "ai助手", "ai客服", "智能助手", "智能机器人", "虚拟助手", "機器人"],
    ],
    user: [
      ...["user", "customer", "visitor", "client", "end_user", "consumer", "buyer", "guest"],
      ...["用户", "客户", "访客", "顾客", "买家", "会员", "用戶", "客戶", "訪客"],
    ],
    agent: [
      ...["agent", "human_agent", "staff", "operator", "human_operator", "support_agent", "representative"],
      ...["坐席", "客服", "人工", "人工客服", "人工坐席", "座席", "人工座席", "坐席人员", "客服人员"],
      ...["客服专员", "真人客服"],
    ],
    system: ["system", "tool", "系统", "developer", "function", "系统消息", "系統"],
  },
  agent_status: {
    online: [
      ...["online", "available", "active", "ready", "idle", "logged_in", "signed_in", "free"],
      ...["在线", "空闲", "就绪", "上线", "签入", "示闲", "置闲", "上線", "線上"],
    ],
    busy: [
      ...["busy", "occupied", "in_call", "on_call", "in_session", "engaged", "in_chat", "handling"],
      ...["wrap_up", "after_call_work", "acw", "do_not_disturb", "dnd"],
      ...["忙碌", "通话中", "会话中", "忙", "繁忙", "示忙", "置忙", "接待中", "服务中", "话后处理", "會話中"],
    ],
    away: [
      ...["away", "break", "lunch", "meeting", "training", "on_break", "on_lunch", "in_meeting", "not_ready"],
      ...["unavailable", "be_right_back"],
      ...["离席", "离开", "小休", "休息", "午休", "会议", "培训", "离座", "暂离", "暂时离开", "用餐", "就餐"],
      ...["会议中", "开会", "培训中", "離席", "離開"],
    ],
    offline: [
      ...["offline", "logged_out", "logout", "invisible", "signed_out", "disconnected"],
      ...["离线", "下线", "登出", "隐身", "已离线", "已下线", "签出", "下班", "離線", "下線"],
    ],
  },
  ticket_status: {
    open: [
      ...["open", "new", "pending", "assigned", "in_progress", "on_hold", "waiting", "reopened", "active"],
      ...["todo", "processing", "unassigned", "unresolved", "escalated", "awaiting_reply"],
      ...["awaiting_customer", "waiting_for_customer", "pending_customer"],
      ...["新建", "待处理", "已分配", "处理中", "挂起", "等待客户", "重新打开", "未处理", "未解决", "未分配"],
      ...["待分配", "待受理", "受理中", "已受理", "进行中", "跟进中", "待跟进", "待回复", "等待中", "已挂起"],
      ...["已重开", "待處理", "處理中"],
    ],
    closed: [
      ...["closed", "resolved", "solved", "done", "completed", "merged", "archived", "canceled", "cancelled"],
      ...["finished", "fixed", "duplicate", "rejected", "declined", "deleted", "spam"],
      ...["已解决", "已关闭", "已完成", "已合并", "已归档", "已取消", "关闭", "解决", "完成", "取消"],
      ...["已处理", "处理完成", "已完结", "完结", "已结案", "结案", "已结单", "已撤销", "已作废", "作废"],
      ...["已驳回", "已拒绝", "已删除", "已關閉", "已解決", "已結案"],
    ],
  },
  end_reason: {
    confirmed: [
      ...["resolved", "solved", "completed", "customer_closed", "success", "customer_confirmed"],
      ...["已解决", "已完成", "问题已解决", "客户关闭", "客户确认", "已解決"],
    ],
    failed: [
      ...["error", "failed", "unresolved", "failure", "not_resolved", "unsolved", "not_solved"],
      ...["未解决", "失败", "错误", "未能解决", "未解決"],
    ],
    assumed: [
      ...["customer_left", "page_left", "timeout", "idle", "agent_closed", "closed", "ended", "expired"],
      ...["inactive", "inactivity", "abandoned", "disconnected", "session_timeout", "auto_closed"],
      ...["客户离开", "超时", "用户离开", "用户退出", "页面关闭", "会话超时", "超时关闭", "自动关闭"],
      ...["坐席关闭", "客服关闭", "超時"],
    ],
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
