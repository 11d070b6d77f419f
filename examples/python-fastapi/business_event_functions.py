"""Spanledger's business events as typed functions.

Made by `spanledger generate python`; do not edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NewType, Protocol, TypeAlias

Value: TypeAlias = "str | bool | int | float"

OtherWord = NewType("OtherWord", str)
"""A word outside of an attribute's list, for example from a variable: OtherWord(channel). It is stored as it is."""


class Recorder(Protocol):
    """Records one event, for example `BusinessEvents` of Spanledger's example in Python."""

    def record(
        self,
        name: str,
        attributes: Mapping[str, Value | None],
        *,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None: ...


Role: TypeAlias = Literal[
    "ai",
    "assistant",
    "bot",
    "model",
    "chatbot",
    "llm",
    "ai_agent",
    "ai_assistant",
    "virtual_agent",
    "virtual_assistant",
    "机器人",
    "智能客服",
    "ai助手",
    "ai客服",
    "智能助手",
    "智能机器人",
    "虚拟助手",
    "機器人",
    "user",
    "customer",
    "visitor",
    "client",
    "end_user",
    "consumer",
    "buyer",
    "guest",
    "用户",
    "客户",
    "访客",
    "顾客",
    "买家",
    "会员",
    "用戶",
    "客戶",
    "訪客",
    "agent",
    "human_agent",
    "staff",
    "operator",
    "human_operator",
    "support_agent",
    "representative",
    "坐席",
    "客服",
    "人工",
    "人工客服",
    "人工坐席",
    "座席",
    "人工座席",
    "坐席人员",
    "客服人员",
    "客服专员",
    "真人客服",
    "system",
    "tool",
    "系统",
    "developer",
    "function",
    "系统消息",
    "系統",
]

AgentStatus: TypeAlias = Literal[
    "online",
    "available",
    "active",
    "ready",
    "idle",
    "logged_in",
    "signed_in",
    "free",
    "在线",
    "空闲",
    "就绪",
    "上线",
    "签入",
    "示闲",
    "置闲",
    "上線",
    "線上",
    "busy",
    "occupied",
    "in_call",
    "on_call",
    "in_session",
    "engaged",
    "in_chat",
    "handling",
    "wrap_up",
    "after_call_work",
    "acw",
    "do_not_disturb",
    "dnd",
    "忙碌",
    "通话中",
    "会话中",
    "忙",
    "繁忙",
    "示忙",
    "置忙",
    "接待中",
    "服务中",
    "话后处理",
    "會話中",
    "away",
    "break",
    "lunch",
    "meeting",
    "training",
    "on_break",
    "on_lunch",
    "in_meeting",
    "not_ready",
    "unavailable",
    "be_right_back",
    "离席",
    "离开",
    "小休",
    "休息",
    "午休",
    "会议",
    "培训",
    "离座",
    "暂离",
    "暂时离开",
    "用餐",
    "就餐",
    "会议中",
    "开会",
    "培训中",
    "離席",
    "離開",
    "offline",
    "logged_out",
    "logout",
    "invisible",
    "signed_out",
    "disconnected",
    "离线",
    "下线",
    "登出",
    "隐身",
    "已离线",
    "已下线",
    "签出",
    "下班",
    "離線",
    "下線",
]

TicketStatus: TypeAlias = Literal[
    "open",
    "new",
    "pending",
    "assigned",
    "in_progress",
    "on_hold",
    "waiting",
    "reopened",
    "active",
    "todo",
    "processing",
    "unassigned",
    "unresolved",
    "escalated",
    "awaiting_reply",
    "awaiting_customer",
    "waiting_for_customer",
    "pending_customer",
    "新建",
    "待处理",
    "已分配",
    "处理中",
    "挂起",
    "等待客户",
    "重新打开",
    "未处理",
    "未解决",
    "未分配",
    "待分配",
    "待受理",
    "受理中",
    "已受理",
    "进行中",
    "跟进中",
    "待跟进",
    "待回复",
    "等待中",
    "已挂起",
    "已重开",
    "待處理",
    "處理中",
    "closed",
    "resolved",
    "solved",
    "done",
    "completed",
    "merged",
    "archived",
    "canceled",
    "cancelled",
    "finished",
    "fixed",
    "duplicate",
    "rejected",
    "declined",
    "deleted",
    "spam",
    "已解决",
    "已关闭",
    "已完成",
    "已合并",
    "已归档",
    "已取消",
    "关闭",
    "解决",
    "完成",
    "取消",
    "已处理",
    "处理完成",
    "已完结",
    "完结",
    "已结案",
    "结案",
    "已结单",
    "已撤销",
    "已作废",
    "作废",
    "已驳回",
    "已拒绝",
    "已删除",
    "已關閉",
    "已解決",
    "已結案",
]

EndReason: TypeAlias = Literal[
    "resolved",
    "solved",
    "completed",
    "customer_closed",
    "success",
    "customer_confirmed",
    "已解决",
    "已完成",
    "问题已解决",
    "客户关闭",
    "客户确认",
    "已解決",
    "error",
    "failed",
    "unresolved",
    "failure",
    "not_resolved",
    "unsolved",
    "not_solved",
    "未解决",
    "失败",
    "错误",
    "未能解决",
    "未解決",
    "customer_left",
    "page_left",
    "timeout",
    "idle",
    "agent_closed",
    "closed",
    "ended",
    "expired",
    "inactive",
    "inactivity",
    "abandoned",
    "disconnected",
    "session_timeout",
    "auto_closed",
    "客户离开",
    "超时",
    "用户离开",
    "用户退出",
    "页面关闭",
    "会话超时",
    "超时关闭",
    "自动关闭",
    "坐席关闭",
    "客服关闭",
    "超時",
]

Channel: TypeAlias = Literal[
    "web",
    "website",
    "webchat",
    "widget",
    "网页",
    "网站",
    "app",
    "ios",
    "android",
    "手机应用",
    "api",
    "接口",
    "mini_program",
    "miniprogram",
    "小程序",
    "wechat",
    "weixin",
    "微信",
    "公众号",
    "wecom",
    "企业微信",
    "whatsapp",
    "messenger",
    "facebook",
    "instagram",
    "telegram",
    "line",
    "email",
    "邮件",
    "sms",
    "短信",
    "phone",
    "voice",
    "电话",
    "slack",
    "teams",
    "dingtalk",
    "钉钉",
    "feishu",
    "lark",
    "飞书",
    "taobao",
    "淘宝",
    "tmall",
    "天猫",
    "douyin",
    "抖音",
    "tiktok",
]


class BusinessEventFunctions:
    """One function an event. An attribute that is None is absent.

    `key` names the event in the product: recorded again for the same key, it counts once. It needs the time.
    `occurred_at_ns` is the time at which it happened, in nanoseconds since 1970; now if it is None.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def record_business_event(
        self,
        name: str,
        attributes: Mapping[str, Value | None],
        *,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """Records an event of any name, with attributes that nothing checks."""
        self._recorder.record(name, attributes, key=key, occurred_at_ns=occurred_at_ns)

    def session_start(
        self,
        *,
        session_id: str,
        channel: Channel | OtherWord | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A customer starts a chat session.

        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        channel: Entry channel.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "session.start",
            {
                "session_id": session_id,
                "channel": channel,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def session_message(
        self,
        *,
        session_id: str,
        role: Role | OtherWord | None = None,
        message_length: int | None = None,
        response_time_ms: float | None = None,
        first_token_ms: float | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A message of a chat session.

        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        role: Who wrote it.
        message_length: Length of the message; its text is never recorded. Unit: {character}. At
            least 0.
        response_time_ms: Time from the request to the end of the answer. Unit: ms. 0 to
            31536000000.
        first_token_ms: Time from the request to the first token of a streamed answer. Unit: ms. 0
            to 31536000000.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "session.message",
            {
                "session_id": session_id,
                "role": role,
                "message_length": message_length,
                "response_time_ms": response_time_ms,
                "first_token_ms": first_token_ms,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def session_end(
        self,
        *,
        session_id: str,
        reason: EndReason | OtherWord | None = None,
        resolved: bool | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A chat session ends.

        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        reason: Why it ended.
        resolved: Whether the customer's question was resolved; counts more than the reason.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "session.end",
            {
                "session_id": session_id,
                "reason": reason,
                "resolved": resolved,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def session_feedback(
        self,
        *,
        session_id: str,
        rating: int | None = None,
        resolved: bool | None = None,
        agent_id: int | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A customer rates a chat session.

        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        rating: 1 (worst) to 5 (best); send thumbs as 1 and 5. 1 to 5.
        resolved: Whether the customer says that the question was resolved.
        agent_id: Human agent. -2147483648 to 2147483647.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "session.feedback",
            {
                "session_id": session_id,
                "rating": rating,
                "resolved": resolved,
                "agent_id": agent_id,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def session_escalate(
        self,
        *,
        session_id: str,
        reason: str | None = None,
        severity: str | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """The AI hands a session over to human agents.

        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        reason: Why it was escalated.
        severity: Severity.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "session.escalate",
            {
                "session_id": session_id,
                "reason": reason,
                "severity": severity,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def query_order(
        self,
        *,
        success: bool,
        session_id: str | None = None,
        order_number: str | None = None,
        site: str | None = None,
        response_time_ms: float | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """An order is looked up.

        success: Whether the query found what was asked for.
        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        order_number: Order number.
        site: Shop site.
        response_time_ms: Duration of the query. Unit: ms. 0 to 31536000000.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "query.order",
            {
                "success": success,
                "session_id": session_id,
                "order_number": order_number,
                "site": site,
                "response_time_ms": response_time_ms,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def query_tracking(
        self,
        *,
        success: bool,
        session_id: str | None = None,
        tracking_number: str | None = None,
        carrier: str | None = None,
        status: str | None = None,
        response_time_ms: float | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A parcel is tracked.

        success: Whether the query found what was asked for.
        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        tracking_number: Tracking number.
        carrier: Carrier code.
        status: Delivery status.
        response_time_ms: Duration of the query. Unit: ms. 0 to 31536000000.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "query.tracking",
            {
                "success": success,
                "session_id": session_id,
                "tracking_number": tracking_number,
                "carrier": carrier,
                "status": status,
                "response_time_ms": response_time_ms,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def agent_login(
        self,
        *,
        agent_id: int,
        agent_name: str | None = None,
        login_id: str | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """An agent logs in.

        agent_id: Human agent. -2147483648 to 2147483647.
        agent_name: Display name.
        login_id: Tells the devices on which an agent is logged in apart.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "agent.login",
            {
                "agent_id": agent_id,
                "agent_name": agent_name,
                "login_id": login_id,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def agent_logout(
        self,
        *,
        agent_id: int,
        work_duration_minutes: float | None = None,
        sessions_handled: int | None = None,
        login_id: str | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """An agent logs out.

        agent_id: Human agent. -2147483648 to 2147483647.
        work_duration_minutes: Work time since login; belongs to the period of the logout. Unit:
            min. 0 to 525600.
        sessions_handled: Sessions since login as the product knows it: stored, never counted. Unit:
            {session}. At least 0.
        login_id: Tells the devices on which an agent is logged in apart.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "agent.logout",
            {
                "agent_id": agent_id,
                "work_duration_minutes": work_duration_minutes,
                "sessions_handled": sessions_handled,
                "login_id": login_id,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def agent_status_change(
        self,
        *,
        agent_id: int,
        from_status: AgentStatus | OtherWord | None = None,
        to_status: AgentStatus | OtherWord | None = None,
        login_id: str | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """An agent's status changes.

        agent_id: Human agent. -2147483648 to 2147483647.
        from_status: Status before the change.
        to_status: Status after the change.
        login_id: Tells the devices on which an agent is logged in apart.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "agent.status_change",
            {
                "agent_id": agent_id,
                "from_status": from_status,
                "to_status": to_status,
                "login_id": login_id,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def agent_session_takeover(
        self,
        *,
        agent_id: int,
        session_id: str,
        wait_duration_seconds: float | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """An agent takes a session over.

        agent_id: Human agent. -2147483648 to 2147483647.
        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        wait_duration_seconds: How long the customer waited for the takeover. Unit: s. 0 to
            31536000.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "agent.session_takeover",
            {
                "agent_id": agent_id,
                "session_id": session_id,
                "wait_duration_seconds": wait_duration_seconds,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def agent_session_message(
        self,
        *,
        agent_id: int,
        session_id: str | None = None,
        message_length: int | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """An agent sends a message.

        agent_id: Human agent. -2147483648 to 2147483647.
        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        message_length: Length of the message; its text is never recorded. Unit: {character}. At
            least 0.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "agent.session_message",
            {
                "agent_id": agent_id,
                "session_id": session_id,
                "message_length": message_length,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def agent_session_release(
        self,
        *,
        agent_id: int,
        session_id: str | None = None,
        handle_duration_seconds: float | None = None,
        message_count: int | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """An agent releases a session.

        agent_id: Human agent. -2147483648 to 2147483647.
        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        handle_duration_seconds: Time from takeover to release. Unit: s. 0 to 31536000.
        message_count: Messages that the agent sent. Unit: {message}. At least 0.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "agent.session_release",
            {
                "agent_id": agent_id,
                "session_id": session_id,
                "handle_duration_seconds": handle_duration_seconds,
                "message_count": message_count,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def agent_session_transfer(
        self,
        *,
        agent_id: int,
        session_id: str | None = None,
        target_agent_id: int | None = None,
        handle_duration_seconds: float | None = None,
        reason: str | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """An agent transfers a session to another agent.

        agent_id: Human agent. -2147483648 to 2147483647.
        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        target_agent_id: Agent who receives the session. -2147483648 to 2147483647.
        handle_duration_seconds: Time from takeover to transfer. Unit: s. 0 to 31536000.
        reason: Why it was transferred.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "agent.session_transfer",
            {
                "agent_id": agent_id,
                "session_id": session_id,
                "target_agent_id": target_agent_id,
                "handle_duration_seconds": handle_duration_seconds,
                "reason": reason,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def ticket_created(
        self,
        *,
        ticket_id: int,
        source: str | None = None,
        type: str | None = None,
        priority: str | None = None,
        agent_id: int | None = None,
        session_id: str | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A ticket is created.

        ticket_id: Ticket. -2147483648 to 2147483647.
        source: Where it came from.
        type: Kind of ticket.
        priority: Priority.
        agent_id: Human agent. -2147483648 to 2147483647.
        session_id: Chat session, unique per conversation (not per customer). At most 64 characters.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "ticket.created",
            {
                "ticket_id": ticket_id,
                "source": source,
                "type": type,
                "priority": priority,
                "agent_id": agent_id,
                "session_id": session_id,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def ticket_assigned(
        self,
        *,
        ticket_id: int,
        from_agent_id: int | None = None,
        to_agent_id: int | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A ticket is assigned.

        ticket_id: Ticket. -2147483648 to 2147483647.
        from_agent_id: Assignee before. -2147483648 to 2147483647.
        to_agent_id: Assignee after. -2147483648 to 2147483647.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "ticket.assigned",
            {
                "ticket_id": ticket_id,
                "from_agent_id": from_agent_id,
                "to_agent_id": to_agent_id,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def ticket_status_changed(
        self,
        *,
        ticket_id: int,
        from_status: TicketStatus | OtherWord | None = None,
        to_status: TicketStatus | OtherWord | None = None,
        agent_id: int | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A ticket's status changes.

        ticket_id: Ticket. -2147483648 to 2147483647.
        from_status: Status before the change.
        to_status: Status after the change.
        agent_id: Human agent. -2147483648 to 2147483647.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "ticket.status_changed",
            {
                "ticket_id": ticket_id,
                "from_status": from_status,
                "to_status": to_status,
                "agent_id": agent_id,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def ticket_closed(
        self,
        *,
        ticket_id: int,
        resolution_duration_hours: float | None = None,
        sla_met: bool | None = None,
        agent_id: int | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A ticket is closed.

        ticket_id: Ticket. -2147483648 to 2147483647.
        resolution_duration_hours: Time from creation to close. Unit: h. 0 to 87600.
        sla_met: Whether the service level was met.
        agent_id: Human agent. -2147483648 to 2147483647.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "ticket.closed",
            {
                "ticket_id": ticket_id,
                "resolution_duration_hours": resolution_duration_hours,
                "sla_met": sla_met,
                "agent_id": agent_id,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )

    def ai_call(
        self,
        *,
        model: str,
        provider: str | None = None,
        operation: str | None = None,
        service_tier: str | None = None,
        session_id: str | None = None,
        input_tokens: int | None = None,
        cached_input_tokens: int | None = None,
        cache_write_tokens: int | None = None,
        output_tokens: int | None = None,
        duration_ms: float | None = None,
        first_token_ms: float | None = None,
        cache_unclear: bool | None = None,
        sampled: bool | None = None,
        scope: str | None = None,
        response_id: str | None = None,
        error: bool | None = None,
        user_id: str | None = None,
        test: bool | None = None,
        key: str | None = None,
        occurred_at_ns: int | None = None,
    ) -> None:
        """A product calls a model.

        model: Model that answered.
        provider: Who runs the model.
        operation: Kind of call, as in OpenTelemetry's `gen_ai.operation.name`.
        service_tier: Service tier, if it has a price of its own.
        session_id: Chat session that the call belongs to. At most 64 characters.
        input_tokens: All input tokens, those read from and written to a cache included. Unit:
            {token}. 0 to 1000000000.
        cached_input_tokens: Input tokens that were read from a cache. Unit: {token}. 0 to
            1000000000.
        cache_write_tokens: Input tokens that were written to a cache. Unit: {token}. 0 to
            1000000000.
        output_tokens: All output tokens, reasoning included. Unit: {token}. 0 to 1000000000.
        duration_ms: Time from the call to the end of the answer. Unit: ms. 0 to 31536000000.
        first_token_ms: Time from the call to the first token of a streamed answer. Unit: ms. 0 to
            31536000000.
        cache_unclear: Whether input_tokens may leave the cache out: the receiver says so of spans
            that do not tell.
        sampled: Whether a sampler let only some of such calls through, which the receiver reads of
            the trace state.
        scope: Instrumentation scope of the span that the receiver made the call of.
        response_id: The provider's id of the answer: two calls with one id are one call, seen
            twice.
        error: Whether the call failed.
        user_id: Pseudonymous customer id, for counting distinct customers. At most 128 characters.
        test: A test event: stored, never counted.
        """
        self._recorder.record(
            "ai.call",
            {
                "model": model,
                "provider": provider,
                "operation": operation,
                "service_tier": service_tier,
                "session_id": session_id,
                "input_tokens": input_tokens,
                "cached_input_tokens": cached_input_tokens,
                "cache_write_tokens": cache_write_tokens,
                "output_tokens": output_tokens,
                "duration_ms": duration_ms,
                "first_token_ms": first_token_ms,
                "cache_unclear": cache_unclear,
                "sampled": sampled,
                "scope": scope,
                "response_id": response_id,
                "error": error,
                "user_id": user_id,
                "test": test,
            },
            key=key,
            occurred_at_ns=occurred_at_ns,
        )
