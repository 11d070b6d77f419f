"""Sends what every sender of the tests sends; see test/senders/senders.test.ts."""

import os
import time

from opentelemetry._logs import LogRecord
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

if os.environ["PROTOCOL"] == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

resource = Resource({"service.name": "judge"})
now = time.time_ns()
odd = {
    "session_id": "odd",
    "huge": 1e21,
    "wide": 2**63 - 1,
    "low": -(2**63),
    "nan": float("nan"),
    "": "no name",
    "texts": ["a", "b"],
    "text": '你好\n"\\ 😀',
}
events = [
    ("session.start", {"session_id": "plain"}, now),
    ("session.message", odd, now),
    ("cache.miss", {}, now),
    ("session.message", {"session_id": "large", "note": "x" * 2**20}, now),
]
# The exporter cannot encode a time before 1970 and gives the whole batch up: the zero is as far as it goes.
events.append(("session.start", {"session_id": "old"}, 0))
many = [("session.message", {"session_id": "many", "n": n}, now) for n in range(200)]


def send_traces() -> None:
    provider = TracerProvider(resource=resource, span_limits=SpanLimits(max_events=1000))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("judge")
    for each in (events, many):
        with tracer.start_as_current_span("request") as span:
            for name, attributes, at in each:
                span.add_event(name, attributes, timestamp=at)
    provider.shutdown()


def send_logs() -> None:
    provider = LoggerProvider(resource=resource)
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
    logger = provider.get_logger("judge")
    for name, attributes, at in events + many:
        logger.emit(LogRecord(timestamp=at, event_name=name, attributes=attributes))
    provider.shutdown()


send_logs() if os.environ["SIGNAL"] == "logs" else send_traces()
