"""Step 7 of the plan: the chat route with its three events, and the goodbye."""

import re
import time
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from business_event_functions import BusinessEventFunctions

router = APIRouter(prefix="/api")
_ASKED_FOR_HUMAN = re.compile(r"转人工|人工客服|真人|投诉|human|complain", re.IGNORECASE)


class ChatRequest(BaseModel):
    message: str = Field(min_length=1, max_length=4000)
    user_id: str = Field(min_length=1, max_length=128)
    session_id: str | None = Field(default=None, min_length=1, max_length=64)


class ChatAnswer(BaseModel):
    session_id: str
    reply: str
    escalated: bool


@router.post("/chat")
async def chat(chat_request: ChatRequest, request: Request) -> ChatAnswer:
    events: BusinessEventFunctions = request.app.state.events
    customers: dict[str, str] = request.app.state.customers
    started = time.perf_counter()
    session_id = chat_request.session_id
    if session_id is None or customers.get(session_id) != chat_request.user_id:
        session_id = f"s-{uuid4()}"
        customers[session_id] = chat_request.user_id
        events.session_start(session_id=session_id, user_id=chat_request.user_id, channel="api")

    escalated = _ASKED_FOR_HUMAN.search(chat_request.message) is not None
    reply = "A colleague takes over in a moment." if escalated else f"You said: {chat_request.message}"

    events.session_message(
        session_id=session_id,
        role="ai",
        message_length=len(reply),
        response_time_ms=round((time.perf_counter() - started) * 1000),
    )
    if escalated:
        events.session_escalate(session_id=session_id, reason="keyword", severity="medium")
    return ChatAnswer(session_id=session_id, reply=reply, escalated=escalated)


@router.post("/sessions/{session_id}/end")
async def end_session(session_id: str, request: Request) -> dict[str, str | bool]:
    if request.app.state.customers.pop(session_id, None) is None:
        raise HTTPException(404, f'session "{session_id}" is unknown or has ended; nothing to do')
    events: BusinessEventFunctions = request.app.state.events
    events.session_end(session_id=session_id, reason="customer_closed")
    return {"session_id": session_id, "ended": True}
