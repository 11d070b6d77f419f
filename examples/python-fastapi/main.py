"""An AI chatbot in Python whose business events are counted: `python main.py`."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from business_event_functions import BusinessEventFunctions
from business_events import BusinessEvents
from chat import router


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    recorder = BusinessEvents(os.environ.get("OTEL_SERVICE_NAME", "python-chatbot"))
    app.state.events = BusinessEventFunctions(recorder)
    app.state.customers = {}
    yield
    # After the last request, before the process ends: what was recorded is delivered first.
    recorder.close()


app = FastAPI(title="Python chatbot", lifespan=lifespan)
app.include_router(router)


@app.get("/livez")
async def livez() -> dict[str, str]:
    return {"status": "alive"}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8003")), log_level="warning")
